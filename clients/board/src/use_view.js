/**
 * A view-model of the core in Vue: its state as a ref that follows it for as long as the component is there.
 *
 * @template S
 * @param {{state: S, on(listener: () => void): () => void, open(): void, close(): void}} view
 */
import { onScopeDispose, shallowRef } from 'vue'

export function useView(view) {
  const state = shallowRef(view.state)
  const off = view.on(() => {
    state.value = view.state
  })
  view.open()
  onScopeDispose(() => {
    off()
    view.close()
  })
  return state
}
