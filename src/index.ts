export { channels } from './payload/channels.js';
