import type { LibraryRecord } from '@understory/core/register.ts';
import type { Reader } from '@understory/design/design.ts';
import type { Page } from '@understory/design/page.ts';
import type { Context } from '../context.ts';

/** The frame of every page of a library's sign-in: the library's plate, no signs, so that there is one thing to do. */
export function frame(context: Context, library: LibraryRecord, language: string): Omit<Page, 'title'> {
	const t = (key: string, values?: Record<string, unknown>) => context.design.t(language, key, values);
	return {
		cloth: 'fern',
		plate: { code: 'CARD', name: library.name, href: library.accountability_origin, under: t('card.under') },
		tools: [],
		signs: [],
		footer: {
			lead: t('card.footer', { library: library.name, host: new URL(library.card_origin).host }),
			links: [{ href: library.accountability_origin, label: t('card.who_answers') }],
		},
		sample: library.sample,
	};
}

/** How a reader reads, in the library's zone. */
export function readerFor(context: Context, library: LibraryRecord, language: string): Reader {
	return { language, zone: library.zone, now: context.clock.now() };
}
