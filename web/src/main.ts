import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './app/App.vue'
import { queryClient } from './app/query'
import { connectSession } from './app/session'
import { i18n, savedLocale, useLanguage } from './i18n'
import { router } from './router'
import './styles/tokens.css'
import './styles/base.css'
import './styles/lists.css'
import './styles/print.css'

await useLanguage(savedLocale())
const app = createApp(App)
app.use(createPinia())
app.use(i18n)
app.use(VueQueryPlugin, { queryClient })
connectSession()
app.use(router)
app.mount('#app')
