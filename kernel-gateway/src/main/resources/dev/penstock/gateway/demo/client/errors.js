/** An answer of the server that is an error. */
export class HttpError extends Error {
    status;
    body;
    /**
     * @param status the HTTP status
     * @param message what the server says
     * @param body the whole answer, if it is an object of JSON
     */
    constructor(status, message, body = {}) {
        super(message);
        this.status = status;
        this.body = body;
        this.name = "HttpError";
    }
}
/** The server cannot be reached, or was away for longer than `giveUpMs`. */
export class ConnectionError extends Error {
    constructor(message, options) {
        super(message, options);
        this.name = "ConnectionError";
    }
}
/** Code ended with an error of Python, or did not run. */
export class PythonError extends Error {
    /** The class of the exception, such as `ZeroDivisionError`; `Cancelled` or `Aborted` if the code did not run. */
    ename;
    /** The text of the exception. */
    evalue;
    /** Lines, without colours; none where the server does not tell. */
    traceback;
    constructor(error) {
        const ename = error.ename ?? "Error";
        const evalue = error.evalue ?? "";
        super(evalue ? `${ename}: ${evalue}` : ename);
        this.name = "PythonError";
        this.ename = ename;
        this.evalue = evalue;
        this.traceback = error.traceback ?? [];
    }
}
