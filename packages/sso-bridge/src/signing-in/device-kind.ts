import type { Device } from '../store/sign-ins.ts';

/** What somebody came with, by what their browser says of itself; nothing finer is kept, so that a list of sign-ins is no list of machines. */
export function deviceKind(userAgent: string | undefined): Device {
	const text = userAgent ?? '';
	if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobile)/i.test(text)) return 'tablet';
	if (/Mobi|iPhone|iPod/i.test(text)) return 'phone';
	return /Windows|Macintosh|X11|CrOS|Linux/i.test(text) ? 'computer' : 'other';
}
