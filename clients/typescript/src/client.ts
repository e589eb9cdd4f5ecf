import { type ClientOptions, Http } from "./http.js";
import { randomKey } from "./key.js";
import type { Limits, SessionModel } from "./models.js";
import { Session } from "./session.js";

export interface SessionOptions {
  /** Five words with dashes between them, such as a UUID; error 409 if there is a session of this id. */
  id?: string;
  /** Its kernelspec; else the server's default. */
  name?: string;
  /** In place of `name`: an environment of `penstock env`; error 404 if there is none of this name. */
  environment?: string;
  /** Where it starts, below the server's root directory and relative to it. */
  cwd?: string;
  /** Variables that the server lets clients set. */
  env?: Record<string, string>;
  limits?: Limits;
  /** A session that was started with this key and is still there is meant again. Without it a lost answer is asked for again by a key of this call's own. */
  key?: string;
}

/** A Penstock server (`penstock serve`). */
export class Penstock {
  private readonly http: Http;

  constructor(options: ClientOptions = {}) {
    this.http = new Http(options);
  }

  /** Starts a session, one, also when the call has to be sent again. */
  async createSession(options: SessionOptions = {}): Promise<Session> {
    const { key, ...body } = options;
    const headers = { "Idempotency-Key": key ?? randomKey() };
    const model = await this.http.json<SessionModel>("POST", "api/v1/sessions", { body, headers, repeatable: true });
    return this.session(model.id);
  }

  /** A session that is there. */
  session(id: string): Session {
    return new Session(this.http, id);
  }

  /** All sessions, notebooks' kernels among them. */
  sessions(): Promise<SessionModel[]> {
    return this.http.json("GET", "api/v1/sessions");
  }
}
