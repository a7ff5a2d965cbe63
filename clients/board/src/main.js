/** Starts the board: one session with the hub that serves the page, the device's storage, and the page itself. */
import '@design/tokens.css'
import './board.css'
import { createApp } from 'vue'
import { createSession } from '@core/session.js'
import { openBrowserSocket } from '@core/socket.js'
import App from './App.vue'
import { followLook } from './look.js'
import { tellCoreLanguage } from './refusal.js'
import { followLanguage } from './say.js'
import { SESSION } from './session_key.js'
import { browserDevice } from './device.js'

const session = createSession({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`,
  openSocket: openBrowserSocket,
  ...browserDevice(),
})

followLook()
followLanguage(tellCoreLanguage)
createApp(App).provide(SESSION, session).mount('#app')
