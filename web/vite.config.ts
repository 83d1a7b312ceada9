import { fileURLToPath, URL } from 'node:url'
import VueI18nPlugin from '@intlify/unplugin-vue-i18n/vite'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'
import { compress } from './compress.ts'

const src = fileURLToPath(new URL('./src', import.meta.url))

export default defineConfig({
  plugins: [
    vue(),
    // Messages are compiled here, so the page needs no eval.
    VueI18nPlugin({ include: [`${src}/i18n/zh/**`, `${src}/i18n/en/**`], runtimeOnly: true, strictMessage: false }),
    // Only Element Plus comes by name; our own parts are imported.
    Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver()] }),
    compress(),
  ],
  resolve: { alias: { '@': src } },
  define: { __VUE_I18N_LEGACY_API__: 'false', __VUE_OPTIONS_API__: 'true', __INTLIFY_PROD_DEVTOOLS__: 'false' },
  build: {
    target: 'es2022',
    // Strict Content-Security-Policy: nothing may become a data: script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': { target: process.env.LR_API ?? 'http://127.0.0.1:8080' } } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'tests/unit/**/*.test.ts'],
    setupFiles: ['tests/unit/setup.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
})
