import { writeFile } from 'node:fs/promises';
import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseQuarter } from '@understory/core/quarters.ts';
import type { Command } from 'commander';
import { download } from '../download.ts';
import type { Session } from '../parts.ts';
import { printPage } from '../print-page.ts';

/** `understory council-pdf`: the council's page as a tagged PDF for a packet or the minutes. Needs no login, and a Chromium. */
export function councilPdfCommand(program: Command, session: Session): void {
	program
		.command('council-pdf')
		.argument('<site>', 'the accountability site of a library, https://accountability.library.example')
		.requiredOption('--to <file>', 'the file to write')
		.option('--quarter <quarter>', 'such as 2026-Q3; without it the one that runs')
		.option('--language <language>', 'en or es', 'en')
		.option('--browser <path>', 'a Chromium', 'chromium')
		.description('print the page of the council as a tagged PDF')
		.action(async (site: string, given: PdfWords) => {
			const url = pageOf(site, given);
			if (!(await download(url))) throw new NotFound(`${url.href} is not there.`);
			const bytes = await printPage(url, given.browser);
			await writeFile(given.to, bytes).catch((cause: NodeJS.ErrnoException) => {
				throw new BadInput(`${given.to} cannot be written (${cause.code}).`);
			});
			session.showOne(
				{ page: url.href, file: given.to, bytes: bytes.length },
				{ page: url.href, file: given.to },
			);
		});
}

/** The words that the command was given. */
interface PdfWords {
	readonly to: string;
	readonly quarter?: string;
	readonly language: string;
	readonly browser: string;
}

function pageOf(site: string, { quarter, language }: PdfWords): URL {
	if (quarter !== undefined && !parseQuarter(quarter)) throw new BadInput('A quarter is written as 2026-Q3.');
	if (!['en', 'es'].includes(language)) throw new BadInput('The page is there in en and es.');
	const url = URL.parse(`/council${quarter ? `/${quarter}` : ''}?lang=${language}`, site);
	if (!url || !/^https?:$/.test(url.protocol))
		throw new BadInput('The site is an address that begins with https://.');
	return url;
}
