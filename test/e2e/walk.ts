import { expect } from 'chai';
import type { Seen, Visitor } from './visitor.ts';

export interface Card {
	readonly card: string;
	readonly pin: string;
}

/** From the branch's sign-in through the library's card page and the catalogue, to wherever that leads. */
export async function signIn(visitor: Visitor, origin: string, { card, pin }: Card): Promise<Seen> {
	const page = await visitor.open(`${origin}/signin`);
	expect(page.url, page.text.slice(0, 300)).to.contain('//card.');
	expect(page.text).to.contain('Sign in with your library card');
	return visitor.send(page, '/sign-in/', { card, pin });
}

/** Signs in for the first time: chooses a name and a handle, and agrees to the rules. */
export async function comeIn(visitor: Visitor, origin: string, card: Card, name: string): Promise<Seen> {
	const welcome = await signIn(visitor, origin, card);
	expect(new URL(welcome.url).pathname, welcome.text.slice(0, 400)).to.equal('/welcome');
	const home = await visitor.send(welcome, '/welcome', { name, handle: toHandle(name), rules: 'yes' });
	expect(new URL(home.url).pathname, home.text.slice(0, 400)).to.equal('/home');
	return home;
}

/** Writes a post through the composer of the home page. */
export async function write(visitor: Visitor, origin: string, text: string, scope = 'branch'): Promise<Seen> {
	const home = await visitor.open(`${origin}/home`);
	return visitor.send(home, '/posts', { text, scope });
}

/** The handle a name makes here. */
export function toHandle(name: string): string {
	return name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}
