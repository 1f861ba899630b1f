import msglint from "./index.cjs";

export const { MsglintError, RequestError, createLinter, guard } = msglint;
