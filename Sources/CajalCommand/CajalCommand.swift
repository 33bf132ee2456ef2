@main
struct CajalCommand {
  static func main() {}
}
