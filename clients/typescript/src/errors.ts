/** An answer of the server that is an error. */
export class HttpError extends Error {
  /**
   * @param status the HTTP status
   * @param message what the server says
   * @param body the whole answer, if it is an object of JSON
   */
  constructor(
    readonly status: number,
    message: string,
    readonly body: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "HttpError";
  }
}

/** The server cannot be reached, or was away for longer than `giveUpMs`. */
export class ConnectionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConnectionError";
  }
}

/** Code ended with an error of Python, or did not run. */
export class PythonError extends Error {
  /** The class of the exception, such as `ZeroDivisionError`; `Cancelled` or `Aborted` if the code did not run. */
  readonly ename: string;
  /** The text of the exception. */
  readonly evalue: string;
  /** Lines, without colours; none where the server does not tell. */
  readonly traceback: readonly string[];

  constructor(error: { ename?: string | null; evalue?: string | null; traceback?: readonly string[] | null }) {
    const ename = error.ename ?? "Error";
    const evalue = error.evalue ?? "";
    super(evalue ? `${ename}: ${evalue}` : ename);
    this.name = "PythonError";
    this.ename = ename;
    this.evalue = evalue;
    this.traceback = error.traceback ?? [];
  }
}
