import {createSSRApp} from 'vue';
import App from './App.vue';
import {begin} from './app/links.js';

begin();

export function createApp() {
  return {app: createSSRApp(App)};
}
