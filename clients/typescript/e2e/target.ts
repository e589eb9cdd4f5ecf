import { Penstock, type Session } from "@penstock/client";

/** The server that the tests run against. */
export const URL_OF_SERVER = required("PENSTOCK_URL");
export const TOKEN = required("PENSTOCK_TOKEN");

/** Runs a test with a session, which then ends. */
export async function withSession(test: (session: Session) => Promise<void>): Promise<void> {
  const session = await new Penstock({ url: URL_OF_SERVER, token: TOKEN }).createSession();
  try {
    await test(session);
  } finally {
    await session.delete();
  }
}

/** All of it. */
export async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of from) {
    found.push(one);
  }
  return found;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: these tests need a running penstock serve`);
  }
  return value;
}
