/** The recovery codes of a second factor that was just set up: shown once, until one has said that they are written down. */
import {ref} from 'vue';

/** @type {import('vue').Ref<string[]>} */
export const recovery = ref([]);
