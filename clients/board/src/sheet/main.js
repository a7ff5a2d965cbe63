/** The component sheet: all parts on invented figures, to be looked at while they are worked on. `npx vite board`, then /board/sheet.html */
import '@design/tokens.css'
import '../board.css'
import { createApp } from 'vue'
import Sheet from './Sheet.vue'
import { followLook } from '../look.js'
import { followLanguage } from '../say.js'
import { SESSION } from '../session_key.js'

const session = {
  state: { phase: 'online', name: '赵敏', policy: '1', consent: '1' },
  hubNow: Date.now,
  can: () => true,
  async ask(verb) {
    const lines = [1, 2, 3].map((number) => ({ number, name: `王${number}`, state: number, people: 1, place: '140105001001001', joined_ms: Date.now() }))
    if (verb === 'chain_list') return { lines, more: false, after: 0 }
    if (verb === 'factor_begin') return { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/sheet?secret=JBSWY3DPEHPK3PXP' }
    if (verb === 'call_show') return { call: { id: '7.1', state: 1, title: '紧急招募志愿者发放抗原检测试剂', body: '请在群里接龙。\n自备口罩。', place: '140105001001001', need: 20, limit: 30, confirmed: 12, waiting: 0, slots: [], meeting: '社区大院', deadline_ms: Date.now(), posted_ms: Date.now() } }
    return { members: [], more: false }
  },
}

followLook()
followLanguage(() => {})
createApp(Sheet).provide(SESSION, session).mount('#app')
