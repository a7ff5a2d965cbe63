// Builds the board into build/www/board, served by the hub under /board/.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  base: '/board/',
  plugins: [vue()],
  resolve: { alias: { '@core': here('../core'), '@design': here('../design') } },
  build: {
    outDir: here('../../build/www/board'),
    emptyOutDir: true,
    target: 'es2020',
    assetsInlineLimit: 0, // the hub's content security policy takes no data: style or script
    rollupOptions: { output: { manualChunks: undefined } },
  },
})
