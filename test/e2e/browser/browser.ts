import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where Chromium is. Throws a sentence when there is none: these tests have nothing to say without a browser. */
export function browserPath(): string {
	const found = PLACES.find((place) => existsSync(place));
	if (!found) throw new Error(`There is no Chromium at ${PLACES.join(', ')}. Install the package chromium.`);
	return found;
}

/** Debian's Chromium, without calls home. Throws as `browserPath` does. */
export async function openBrowser(): Promise<Browser> {
	return chromium.launch({
		executablePath: browserPath(),
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--host-resolver-rules=MAP *.localhost 127.0.0.1',
		],
	});
}

/** Somebody with a browser of their own: no cookies of anybody else. */
export async function newPerson(browser: Browser, language = 'en-US'): Promise<BrowserContext> {
	return browser.newContext({
		locale: language,
		javaScriptEnabled: true,
		viewport: { width: 1280, height: 900 },
	});
}

/** A page of somebody who signed in at a branch of a bed already: with their cookie. Close its context, or the browser. */
export async function pageWith(
	browser: Browser,
	{ cookie, origin, language = 'en-US' }: { cookie: string | null; origin: string; language?: string },
): Promise<Page> {
	const context = await newPerson(browser, language);
	const [name = '', value = ''] = cookie?.split('=') ?? [];
	await context.addCookies([{ name, value, url: origin }]);
	return context.newPage();
}
