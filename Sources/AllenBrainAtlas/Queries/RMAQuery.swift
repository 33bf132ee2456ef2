import Foundation

/// One page of a query in the server's query language.
struct RMAQuery {
  /// The kind of record: `SectionImage`, `SectionDataSet`.
  var model: String
  /// What the records fulfill.
  var criteria: String
  var startRow: Int
  var rowCount: Int

  /// The query as it stands in an address. Quotes, brackets and spaces are encoded, the signs that
  /// the query language is made of are not, as the server's own clients do it.
  var percentEncoded: String {
    let stages =
      "model::\(model),rma::criteria,\(criteria),"
      + "rma::options[order$eq'id'][num_rows$eq\(rowCount)][start_row$eq\(startRow)]"
    return "criteria="
      + (stages.addingPercentEncoding(withAllowedCharacters: Self.plainCharacters) ?? stages)
  }

  private static let plainCharacters = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~;/?:@&=+$,")
}
