/** The view-models of core, for Vue: their state as a ref, open while the page is there. */
import {onUnmounted, shallowRef, triggerRef} from 'vue';

/**
 * @template {{state: any, on: (listener: () => void) => () => void, open: () => void, close: () => void}} View
 * @param {View} view
 * @returns {{view: View, state: import('vue').ShallowRef<View['state']>}}
 */
export function useView(view) {
  const state = shallowRef(view.state);
  const off = view.on(() => {
    state.value = view.state;
    triggerRef(state);
  });
  view.open();
  onUnmounted(() => {
    off();
    view.close();
  });
  return {view, state};
}
