/** How uni-app builds the phone; build.js starts it. */
import {defineConfig} from 'vite';
import uni from '@dcloudio/vite-plugin-uni';

/** The encoding comes first, before what uni-app puts into the head. */
const charsetFirst = {
  name: 'charset-first',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace(/\s*<meta charset="utf-8">/, '').replace('<head>', '<head>\n    <meta charset="utf-8">'),
  },
};

const NAMES = {entryFileNames: 'assets/[name].[hash].js', assetFileNames: 'assets/[name].[hash][extname]'};

export default defineConfig({
  base: '/phone/',
  plugins: [(uni.default ?? uni)(), charsetFirst],
  build: {
    rollupOptions: process.env.UNI_PLATFORM === 'h5' ? {output: NAMES} : {},
  },
});
