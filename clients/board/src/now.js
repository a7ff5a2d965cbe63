/** The moment, to the second, for as long as a component is there. */
import { onScopeDispose, ref } from 'vue'

export function useNow() {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 1000)
  onScopeDispose(() => clearInterval(timer))
  return now
}
