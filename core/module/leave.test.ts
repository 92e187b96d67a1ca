import { describe, expect, it } from 'vitest'
import { leave } from './module.ts'

const origin = 'https://login.example.org'

describe('Leaving the site', () => {
  it('leads to the origin that is configured, and tells it nothing of where somebody comes from', () => {
    expect(leave(origin, new URL(`${origin}/authorize?state=x`))).toMatchObject({
      status: 303,
      body: '',
      headers: { location: `${origin}/authorize?state=x`, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' },
    })
    expect(leave('http://127.0.0.1:8080', new URL('http://127.0.0.1:8080/authorize')).status).toBe(303)
  })

  it.each([
    'https://evil.example/authorize',
    'https://login.example.org.evil.example/',
    'https://login.example.org@evil.example/',
    'https://ada:secret@login.example.org/',
    'http://login.example.org/',
    'https://login.example.org:8443/',
    'javascript:alert(1)',
  ])('leads nowhere else: %s', (address) => {
    expect(() => leave(origin, new URL(address))).toThrow(TypeError)
  })

  it('goes by https, except to this machine itself', () => {
    expect(() => leave('http://login.example.org', new URL('http://login.example.org/'))).toThrow(TypeError)
  })
})
