import { CliError } from '../../src/cli/cli-error.ts'

/**
 * Faults that are planted into the source files of the Worker, one at a time, to see that the simulator finds them. Nothing of
 * this is in src/: platform/register.ts changes the text of a file while it is loaded. A text that is not found exactly once is an
 * error, so no planted fault can become useless unnoticed.
 */

export interface Edit {
  /** Below src/. */
  readonly file: string
  readonly from: string
  readonly to: string
}

export interface PlantedFault {
  readonly name: string
  /** A world that shows it. */
  readonly seed: number
  readonly edits: readonly Edit[]
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: 'ack-before-the-write',
    seed: 14,
    edits: [
      {
        file: 'durable/room-chat.ts',
        from: `      const stored = this.storeMessage(action.message, connection.country)
      const { clientId } = action.message
`,
        to: `      const { clientId } = action.message
      const { newestMessageId } = this.#stored.tables
      if (clientId !== null) host.send(socket, ackFrame(newestMessageId.call(this.#stored.tables) + 1, clientId))
      const stored = this.storeMessage(action.message, connection.country)
`,
      },
      {
        file: 'durable/room-chat.ts',
        from: `else if (clientId !== null) host.send(socket, ackFrame(stored.id, clientId))`,
        to: '',
      },
    ],
  },
  {
    name: 'broadcast-before-the-write',
    seed: 21,
    edits: [
      {
        file: 'durable/room-chat.ts',
        from: 'const stored = state.storage.transactionSync(() => addMessage(this.#stored, input, { settings, country, now: now() }))',
        to: `const newest = { id: this.#stored.tables.newestMessageId() + 1, message: input.message, fromAdmin: input.fromAdmin, sentAt: now() }
    const early = messageFrames(numberOf, personId(), { ...newest, senderId: input.sender.id, senderName: '', clientId: null, file: null })
    const isNew = this.#stored.tables.messagesBefore(null, 1000).every(({ clientId }) => clientId !== input.clientId)
    if (isNew) host.broadcast((other) => (getsMessage(other, input.connectionId) ? early(other) : null))
    const stored = state.storage.transactionSync(() => addMessage(this.#stored, input, { settings, country, now: now() }))`,
      },
      {
        file: 'durable/room-chat.ts',
        from: 'host.broadcast((other) => (getsMessage(other, input.connectionId) ? frameFor(other) : null))',
        to: 'void frameFor',
      },
    ],
  },
  {
    name: 'lost-outbox-row',
    seed: 22,
    edits: [
      {
        file: 'durable/desk-reporter.ts',
        from: `        const presence = await withTimeout(`,
        to: `        tables.markDelivered(desk, next.upTo, staff)
        const presence = await withTimeout(`,
      },
    ],
  },
  {
    name: 'outbox-row-after-an-await',
    seed: 20,
    edits: [
      {
        file: 'durable/room-storage.ts',
        from: `  tables.enqueueForDesks(desksOf(tables.person()?.id ?? 0), event, input.connectionId)`,
        to: `  setTimeout(() => tables.enqueueForDesks(desksOf(tables.person()?.id ?? 0), event, input.connectionId), 1)`,
      },
    ],
  },
  {
    name: 'alarm-set-too-late',
    seed: 20,
    edits: [
      {
        file: 'durable/alarm-dispatcher.ts',
        from: 'this.ctx.storage.setAlarm(next)',
        to: 'this.ctx.storage.setAlarm(next + 5000)',
      },
    ],
  },
  {
    name: 'alarm-not-set-again',
    seed: 18,
    edits: [
      {
        file: 'durable/alarm-dispatcher.ts',
        from: `    this.#scheduleAlarm()
    this.dependencies.checkpoint('alarm-set')`,
        to: `    this.dependencies.checkpoint('alarm-set')`,
      },
      // The cron would find it.
      {
        file: 'domain/alarms/rearm.ts',
        from: 'const called = await findOpenAlarms(context.store, BATCH_SIZE)',
        to: 'const called: number[] = []',
      },
    ],
  },
  {
    name: 'failed-report-not-repeated',
    seed: 55,
    edits: [
      {
        file: 'durable/support-room.ts',
        from: '      ...this.#tables.desksWithPendingEvents().map((desk) => this.#reporter.report(desk)),\n',
        to: '',
      },
    ],
  },
  {
    name: 'client-id-ignored',
    seed: 36,
    edits: [
      {
        file: 'durable/room-tables.ts',
        from: 'const known = clientId === null ? null : this.messageOf(sender.id, clientId)',
        to: 'const known = null',
      },
      { file: 'durable/room-schema.ts', from: 'UNIQUE (sender_id, client_id)', to: 'UNIQUE (id, client_id)' },
    ],
  },
  {
    name: 'desk-event-key-ignored',
    seed: 21,
    edits: [
      {
        file: 'durable/desk-tables.ts',
        from: `        key,
        String(userId),`,
        to: `        key + now,
        String(userId),`,
      },
    ],
  },
  {
    name: 'interrupted-attempt-forgotten',
    seed: 22,
    edits: [
      {
        file: 'durable/alarm-dispatcher.ts',
        from: 'const interrupted = this.#tables.markInterrupted(context.now())',
        to: 'const interrupted: string[] = []',
      },
    ],
  },
  {
    name: 'uncertain-message-sent-again',
    seed: 10,
    edits: [
      {
        file: 'model/alarm-machine.ts',
        from: `return { type: delivery.state === 'uncertain' && canFind ? 'find' : 'send' }`,
        to: `return { type: delivery.state === 'uncertain' && canFind && false ? 'find' : 'send' }`,
      },
    ],
  },
  {
    name: 'all-clear-to-everybody',
    seed: 17,
    edits: [
      {
        file: 'model/alarm-notices.ts',
        from: `  return state === 'sent' || (`,
        to: `  return state === 'sent' || state === 'stopped' || (`,
      },
    ],
  },
  {
    name: 'all-clear-after-a-late-outcome-forgotten',
    seed: 22,
    edits: [
      {
        file: 'durable/alarm-work.ts',
        from: 'if (alarmId !== null && state !== null) this.addNotices(alarmId)',
        to: '',
      },
    ],
  },
  {
    name: 'sent-after-the-acknowledgement',
    seed: 18,
    edits: [
      {
        file: 'durable/alarm-work.ts',
        from: 'return isWanted(delivery, delivery.alarmId === null ? null : this.#tables.alarm(delivery.alarmId))',
        to: 'return isWanted(delivery, null) || true',
      },
      { file: 'durable/alarm-tables.ts', from: `    this.#sql.exec('DELETE FROM due WHERE alarm_id = ?', alarmId)\n`, to: '' },
    ],
  },
  {
    name: 'repeated-call-starts-an-alarm',
    seed: 45,
    edits: [
      {
        file: 'durable/alarm-dispatcher.ts',
        from: 'const knownId = callId === null ? null : calls.alarmIdOf(callId)',
        to: 'const knownId: string | null = null',
      },
      {
        file: 'durable/alarm-calls.ts',
        from: `'INSERT INTO calls (id`,
        to: `'INSERT OR REPLACE INTO calls (id`,
      },
    ],
  },
  {
    name: 'two-holders-of-a-claim',
    seed: 17,
    edits: [{ file: 'model/room-machine.ts', from: 'holder: holder ?? staff,', to: 'holder: staff,' }],
  },
  {
    name: 'broadcast-while-catching-up',
    seed: 9,
    edits: [
      { file: 'durable/socket-host.ts', from: 'if (this.#catchingUp.has(socket)) continue\n', to: '\n' },
      // Sockets catch up in several turns in short worlds, too.
      { file: 'durable/socket-host.ts', from: 'CATCH_UP_BATCH_SIZE = 200', to: 'CATCH_UP_BATCH_SIZE = 20' },
    ],
  },
  {
    name: 'gap-after-catching-up',
    seed: 42,
    edits: [
      {
        file: 'durable/socket-host.ts',
        from: `    this.#catchingUp.delete(socket)
  }

  /** Closes a socket.`,
        to: `    await new Promise((resolve) => setTimeout(resolve, 0))
    this.#catchingUp.delete(socket)
  }

  /** Closes a socket.`,
      },
    ],
  },
  {
    name: 'old-summary-replaces-a-new-one',
    seed: 21,
    edits: [
      {
        file: 'model/room-machine.ts',
        from: `stored === null || report.epoch !== stored.epoch || report.version > stored.version`,
        to: `stored === null || report.epoch !== '' || report.version > stored.version`,
      },
    ],
  },
]

export const plantedFault = (faults: readonly PlantedFault[], name: string): PlantedFault => {
  const fault = faults.find((one) => one.name === name)
  if (!fault) throw new CliError(`There is no planted fault ${name}. There are: ${faults.map((one) => one.name).join(', ')}`)
  return fault
}
