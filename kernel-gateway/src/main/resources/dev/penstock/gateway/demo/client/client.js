import { Http } from "./http.js";
import { randomKey } from "./key.js";
import { Session } from "./session.js";
/** A Penstock server (`penstock serve`). */
export class Penstock {
    http;
    constructor(options = {}) {
        this.http = new Http(options);
    }
    /** Starts a session, one, also when the call has to be sent again. */
    async createSession(options = {}) {
        const { key, ...body } = options;
        const headers = { "Idempotency-Key": key ?? randomKey() };
        const model = await this.http.json("POST", "api/v1/sessions", { body, headers, repeatable: true });
        return this.session(model.id);
    }
    /** A session that is there. */
    session(id) {
        return new Session(this.http, id);
    }
    /** All sessions, notebooks' kernels among them. */
    sessions() {
        return this.http.json("GET", "api/v1/sessions");
    }
}
