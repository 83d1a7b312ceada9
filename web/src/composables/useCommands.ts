import { onBeforeUnmount, shallowRef } from 'vue'
import type { IconName } from '@/components/icons'

export interface Command { key: string; text: string; icon: IconName; run: () => void }

const list = shallowRef<Command[]>([])

/** What the open page adds to the command box. */
export function useCommands() {
  function offer(mine: Command[]): void {
    list.value = mine
  }
  return { commands: list, offer }
}

/** Adds commands for as long as the component lives. */
export function usePageCommands(mine: () => Command[]): void {
  list.value = mine()
  onBeforeUnmount(() => {
    list.value = []
  })
}
