/** Holds the document, which can be made only once all routes are known. */
export class OpenApiText {
  text = '';
}
