/** The server's routes to the output logs of kernels (docs/output-log.md). */
export class KernelLog {
  constructor(ServerConnection, settings) {
    this._connection = ServerConnection;
    this._settings = settings;
  }

  /**
   * The execute requests in flight, executions: [{msg_id, cell_id, session, state, from}], and the last one of each cell
   * that is over, ended: [{msg_id, cell_id, session, from, at}]; none for a kernel that has no such log, or where the
   * server has no such routes.
   */
  async executions(kernelId) {
    return (await this._get(kernelId, 'executions')) ?? { executions: [], ended: [] };
  }

  /** {entries, next, lost}: what the kernel said from a number on; null if the kernel is gone. */
  read(kernelId, from) {
    return this._get(kernelId, `log?from=${from}`);
  }

  async _get(kernelId, path) {
    const url = `${this._settings.baseUrl}penstock/api/kernels/${encodeURIComponent(kernelId)}/${path}`;
    const response = await this._connection.makeRequest(url, {}, this._settings);
    if (response.status === 404) {
      return null;
    }
    if (!response.ok) {
      throw new this._connection.ResponseError(response);
    }
    return response.json();
  }
}
