export { type ChangedPart, type ChangeNotice, changeNoticeRecord, readChangeNotice } from './change-notice.js';
export { applicationPropertyHeader, applicationPropertyName, type MutableHeaders, newHeaders } from './headers.js';
export { type HubMessage, type MessageProperties, readMessage } from './hub-message.js';
export { lockTokenFromText, lockTokenToText } from './lock-token.js';
export { MESSAGE_SOURCE, type MessageSource } from './message-source.js';
export { ANNOTATION, PROPERTY } from './system-headers.js';
export { type HubTopics, hubTopics } from './topics.js';
