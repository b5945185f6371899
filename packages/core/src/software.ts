/** What runs here, as NodeInfo and the Mastodon API name it to others. */
export const SOFTWARE = { name: 'understory', version: '0.1.0' } as const;
