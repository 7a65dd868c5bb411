import { describe, expect, test } from 'vitest'
import { clientOf, UNKNOWN_CLIENT } from '../../src/model/client.ts'

describe('the client of an address', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
    ['0.0.0.0', '0.0.0.0', '0.0.0.0/24'],
    [' 203.0.113.255 ', '203.0.113.255', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
    ['::FFFF:cb00:7107', '203.0.113.7', '203.0.113.0/24'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['2001:db8:1:2::192.0.2.1', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['::', '0:0:0:0::/64', '0:0:0::/48'],
    ['::1', '0:0:0:0::/64', '0:0:0::/48'],
    ['1::', '1:0:0:0::/64', '1:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
    ['fe80::1%25', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
    ['::fffe:203.0.113.7', '0:0:0:0::/64', '0:0:0::/48'],
  ])('%s', (address, network, widerNetwork) => {
    expect(clientOf(address)).toEqual({ network, widerNetwork })
  })

  test('is the same for all addresses of one /64, and differs between two', () => {
    const networks = Array.from({ length: 300 }, (_, n) => clientOf(`2001:db8:0:7:${n.toString(16)}::${n.toString(16)}`).network)
    expect(new Set(networks)).toEqual(new Set(['2001:db8:0:7::/64']))
    expect(clientOf('2001:db8:0:8::1').network).not.toBe(networks[0])
    expect(clientOf('2001:db8:0:8::1').widerNetwork).toBe(clientOf('2001:db8:0:7::1').widerNetwork)
    expect(clientOf('2001:db8:1:7::1').widerNetwork).not.toBe(clientOf('2001:db8:0:7::1').widerNetwork)
  })

  test.each([
    null,
    '',
    'unknown',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.04',
    '1.2.3.-4',
    '1.2.3.4, 5.6.7.8',
    '1.2.3.4:80',
    '[2001:db8::1]',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '1::2::3',
    '12345::',
    'g::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '1.2.3.4::',
    '1.2.3.4:1::',
    '::1.2.3.256',
    '::1.2.3.4.5',
    '1:2:3:4:5:6:7:1.2.3.4',
    'fe80::1%a%b',
    '2001:db8::1 ; DROP',
    '٣.٣.٣.٣',
  ])('is unknown for %j', (address) => {
    expect(clientOf(address)).toEqual(UNKNOWN_CLIENT)
  })
})
