// What JupyterLab loads of an extension: a container of webpack's module federation, written by hand. JupyterLab calls
// `init` with the modules that it shares, then `get` for ours, which is made with those of JupyterLab that it needs.
(() => {
  const NAME = '@penstock/output-log';
  const base = document.currentScript.src;
  let shared = {};

  // A shared module: {version: {get, loaded, from}}. JupyterLab's own are singletons; an unused one would be a second copy.
  const take = async name => {
    const versions = Object.values(shared[name] ?? {});
    const found = versions.find(version => version.loaded) ?? versions[0];
    if (!found) {
      throw new Error(`${NAME}: this page has no ${name}`);
    }
    return (await found.get())();
  };

  const extension = async () => {
    const [own, { INotebookTracker }, { ServerConnection }] = await Promise.all([
      import(new URL('extension.js', base).href),
      take('@jupyterlab/notebook'),
      take('@jupyterlab/services')
    ]);
    return { __esModule: true, default: own.plugin(INotebookTracker, ServerConnection) };
  };

  (window._JUPYTERLAB ??= {})[NAME] = {
    init: scope => {
      shared = scope;
    },
    get: async name => {
      if (name !== './extension') {
        throw new Error(`${NAME} has no module ${name}`);
      }
      const module = await extension();
      return () => module;
    }
  };
})();
