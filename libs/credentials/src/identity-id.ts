/** One to 128 of these characters, and no others: no slash, no space, no control character. */
const IDENTITY_ID = /^[A-Za-z0-9\-:.+%_#*?!(),=@$']{1,128}$/;

/** Whether a text can be a device's id. Ids are case-sensitive. */
export function isValidDeviceId(text: string): boolean {
  return IDENTITY_ID.test(text);
}

/** Whether a text can be a module's id, which takes the same characters. */
export function isValidModuleId(text: string): boolean {
  return IDENTITY_ID.test(text);
}
