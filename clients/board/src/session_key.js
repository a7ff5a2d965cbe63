/** Under which the session is handed down to the components. */
import { inject } from 'vue'

export const SESSION = Symbol('session')

/** @returns {any} the session of this page (core/session.js) */
export const useSession = () => inject(SESSION)
