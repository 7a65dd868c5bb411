import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What Linux reports about processes. Elsewhere the lists are empty, and the figures NaN. */

const processes = (): number[] => {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0)
  } catch {
    return []
  }
}

export const childrenNamed = (name: string): number[] => processes().filter((pid) => parentAndName(pid) === `${process.pid} ${name}`)

/** All processes that a process has started, and those that these have started. */
export const descendants = (parent: number | undefined): number[] => {
  const children = processes().filter((pid) => parentAndName(pid).startsWith(`${parent} `))
  return children.flatMap((pid) => [pid, ...descendants(pid)])
}

/** The command line of a process; empty if it has ended. */
export const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const parentAndName = (pid: number): string => {
  try {
    const [, name = '', rest = ''] = /^\d+ \((.*)\) \S+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return `${rest} ${name}`
  } catch {
    return '' // the process has ended in the meantime
  }
}

/** The ports on which a process listens: its file descriptors link to socket inodes, and /proc/<pid>/net/tcp lists the port of each. */
export const listeningPorts = (pid: number): number[] => {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)))
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(`socket:[${inode}]`))
    .map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16))
}

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** CPU milliseconds of all threads of a process, from the scheduler's nanoseconds: more precise than the ticks in `stat`. */
export const cpuOf = (pid: number): number => {
  let nanoseconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // The thread has ended in the meantime.
    }
  }
  return nanoseconds / 1e6
}

/** The bytes of memory that a process holds. */
export const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024
