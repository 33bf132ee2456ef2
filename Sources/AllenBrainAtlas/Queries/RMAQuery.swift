import Foundation

/// One page of a query in the server's query language.
struct RMAQuery {
  /// The kind of record: `SectionImage`, `SectionDataSet`.
  var model: String
  /// The criteria of the records.
  var criteria: String
  var startRow: Int
  var rowCount: Int

  /// The query in URL form. Quotes, brackets and spaces are encoded, the operators of the query
  /// language are not, as in the server's own clients.
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
