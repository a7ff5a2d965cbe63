/**
 * Where the mini-program finds the hub: the address that is entered in WeChat's console as a socket domain. The build puts it here
 * (GRIDVANGUARD_HUB), for a mini-program has no address of its own.
 */
export const HUB = import.meta.env.VITE_GRIDVANGUARD_HUB ?? 'wss://hub.invalid/';
