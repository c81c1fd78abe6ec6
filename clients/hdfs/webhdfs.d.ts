declare module "webhdfs" {
  type Done = (error: Error | null) => void;
  namespace WebHdfs {
    type Client = {
      writeFile: (
        path: string,
        data: Buffer | string,
        append: boolean,
        options: object,
        done: Done,
      ) => void;
      mkdir: (path: string, done: Done) => void;
      rename: (from: string, to: string, done: Done) => void;
    };
    function createClient(options: object, request?: object): Client;
  }
  export = WebHdfs;
}
