/** Whether Node's zlib found its input damaged or cut off: its codes begin so, Z_DATA_ERROR and Z_BUF_ERROR among them. */
export const isZlibError = (error: unknown): error is NodeJS.ErrnoException =>
  String((error as NodeJS.ErrnoException | undefined)?.code).startsWith("Z_");
