// Copyright (c) 2026 the assumerole.s3 contributors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Looks at the report's pages in headless Chromium: accessible in light and dark, no scrolling sideways at any width, no
// word that is cut or crossed by a line, no request to anywhere, hostile names as text, evidence on paper. Then takes the pictures of docs/report.md.
//
//     node tests/screenshots/check.mjs MODULES PAGES PICTURES

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, pages, pictures] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(modules, "package.json"));
const { chromium } = require("playwright-core");
const { source: axe } = require("axe-core");

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const FILES = {
  verified: "team-exchange/access-report.html",
  violated: "partner-reports/access-report.html",
  index: "access-report-index.html",
  hostile: "hostile.html",
  many: "many.html",
  several: "departments/access-report.html",
  rich: "exchange/access-report.html",
  crowd: "crowd.html",
  thousand: "thousand.html",
};
const REPORTS = ["verified", "violated", "hostile", "several", "rich", "crowd"];
const INDEXES = ["index", "thousand"];
// Where the facts stand below the drawing at every width.
const MANY_PLACES = ["many", "several", "rich"];
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };
// Phones, a window beside another one, and a desktop.
const WIDTHS = [360, 390, 700, 1280];
// Below 56rem the facts stand under the drawing, so that an ARN has room.
const STACKED = 896;

const wrong = [];
let checks = 0;

function claim(name, problems) {
  checks += 1;
  const found = problems.length ? `${problems.length} found` : "fine";
  console.log(`${problems.length ? "FAILED" : "passed"}  ${name}: ${found}`);
  wrong.push(...problems.map((problem) => `${name}: ${problem}`));
}

function installedChromium() {
  for (const name of NAMES) {
    try {
      return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {
      // The next name, then.
    }
  }
  console.error(`make screenshots needs Chromium, and none of ${NAMES.join(", ")} is on the PATH: install it first.`);
  process.exit(1);
}

async function look(browser, name, options, then) {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(join(pages, FILES[name])).href;
  const requests = [];
  const complaints = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  await page.goto(address);
  await then(page, { elsewhere: () => requests.filter((url) => url !== address), complaints });
  await context.close();
}

const unfold = (page, open = true) =>
  page.evaluate((wish) => document.querySelectorAll("details").forEach((part) => (part.open = wish)), open);

async function accessible(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  if (passes.length < 10) return [`axe found only ${passes.length} rules to apply`];
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} at ${node.target.join(" ")}: ${node.failureSummary}`));
}

async function widerThan(page, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  return wide > width ? [`the page is ${wide} pixels wide on a screen of ${width}`] : [];
}

// The facts stand below the drawing on a narrow screen and where there are many places, and else beside it.
async function factsBeside(page, name, width) {
  const beside = await page.evaluate(() => {
    const [drawn, told] = [".drawing", ".facts"].map((part) => document.querySelector(part).getBoundingClientRect());
    return told.top < drawn.bottom;
  });
  const wanted = !MANY_PLACES.includes(name) && width >= STACKED;
  return beside === wanted ? [] : [`at ${width} pixels the facts stand ${beside ? "beside" : "below"} the drawing`];
}

// Nothing in the drawing is wider than where it stands, and no arrow lies on words.
async function clearDrawing(page) {
  return page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(`.drawing ${selector}`)];
    const cut = all("*").filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth);
    const texts = all(".box, .words").map((part) => part.getBoundingClientRect());
    const crossed = all(".arrow svg").filter((line) => {
      const { left, right, top, bottom } = line.getBoundingClientRect();
      return texts.some((text) => left < text.right && text.left < right && top < text.bottom - 1 && text.top < bottom - 1);
    });
    return [
      ...cut.map((part) => `${part.className} is cut: ${part.textContent}`),
      ...crossed.map((line) => `a line crosses words at ${line.parentElement.textContent}`),
    ];
  });
}

async function hostileAsText(page) {
  const seen = await page.evaluate(() => ({
    ran: "hostile" in window,
    elements: document.querySelectorAll("script, img, [onerror]").length,
    text: document.body.innerText.split("<script>window.hostile = 1</script>").length - 1,
  }));
  const problems = [];
  if (seen.ran) problems.push("a script ran");
  if (seen.elements) problems.push(`${seen.elements} elements came from names`);
  if (seen.text < 20) problems.push(`only ${seen.text} hostile names are shown as text`);
  return problems;
}

async function evidenceOnPaper(page) {
  await unfold(page, false);
  await page.emulateMedia({ media: "print" });
  const [parts, shown] = await page.evaluate(() => {
    const found = [...document.querySelectorAll(".checks")];
    return [found.length, found.filter((part) => part.checkVisibility() && part.getBoundingClientRect().height > 0).length];
  });
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const problems = parts && shown === parts ? [] : [`${shown} of ${parts} folded parts are shown`];
  return ground === "rgb(255, 255, 255)" ? problems : [...problems, `paper is ${ground}`];
}

// Each kind of each list is one line that tells how many there are, on a screen or little more, until somebody opens it.
async function foldedByKind(page) {
  const seen = await page.evaluate(() => {
    const section = document.querySelector("section[aria-labelledby=who-else]");
    const folds = [...section.querySelectorAll("details")];
    const of = (part) => [...part.querySelectorAll(".title code")].map((name) => name.textContent);
    return {
      open: folds.filter((part) => part.open).length,
      uncounted: folds.filter((part) => !/\d/.test(part.querySelector("summary .count").textContent)).length,
      high: folds.filter((part) => part.getBoundingClientRect().height > 150).length,
      kinds: folds.length,
      principals: new Set(folds.flatMap(of)).size,
      outside: of(section).length - folds.flatMap(of).length,
    };
  });
  const problems = [];
  if (seen.principals !== 500) problems.push(`${seen.principals} principals are listed`);
  if (seen.kinds < 10 || seen.kinds > 18) problems.push(`they are in ${seen.kinds} parts`);
  if (seen.open || seen.high) problems.push(`${seen.open} parts are open, and ${seen.high} are too high`);
  if (seen.uncounted) problems.push(`${seen.uncounted} parts do not tell how many they have`);
  if (seen.outside) problems.push(`${seen.outside} principals are in no part`);
  return problems;
}

// What is not verified is seen at once, the worst first; the rest is one line.
async function foldedByStanding(page) {
  const { parts, height, first, glued } = await page.evaluate(() => {
    const ends = (part) => [...part.children].map((words) => words.getBoundingClientRect());
    const near = ([badge, count]) => count.left - badge.right < 4;
    return {
      glued: [...document.querySelectorAll("summary")].filter((part) => near(ends(part))).length,
      parts: [...document.querySelectorAll("details")].map((part) => [part.id, part.open, part.querySelectorAll("tbody tr").length].join(" ")),
      height: document.documentElement.scrollHeight,
      first: document.querySelector("tbody tr").getBoundingClientRect().bottom,
    };
  });
  const wanted = ["violated true 3", "unreadable true 2", "stale true 4", "inconclusive true 7", "verified false 984"];
  const problems = parts.join() === wanted.join() ? [] : [`its parts are ${parts.join()}`];
  if (glued) problems.push(`${glued} counts stick to their standing`);
  if (first > page.viewportSize().height) problems.push(`the first one ends ${first} pixels below the top`);
  return height < 10000 ? problems : [...problems, `it is ${height} pixels high`];
}

async function fits(browser, name, width) {
  await look(browser, name, { viewport: { ...DESKTOP, width } }, async (page) => {
    claim(`${name} fits ${width} pixels`, await widerThan(page, width));
    if (name === "crowd") claim(`crowd is folded by kind at ${width} pixels`, await foldedByKind(page));
    if (name === "thousand") claim(`thousand shows at ${width} pixels what is not verified`, await foldedByStanding(page));
    await unfold(page);
    claim(`${name} fits ${width} pixels, unfolded`, await widerThan(page, width));
    if (INDEXES.includes(name)) return;
    claim(`${name} has its facts in their place at ${width} pixels`, await factsBeside(page, name, width));
    claim(`${name} has a clear drawing at ${width} pixels`, await clearDrawing(page));
  });
}

async function checkAll(browser) {
  for (const name of Object.keys(FILES)) {
    for (const colorScheme of ["light", "dark"]) {
      await look(browser, name, { colorScheme }, async (page, { elsewhere, complaints }) => {
        await unfold(page);
        claim(`${name} is accessible in ${colorScheme} (axe)`, await accessible(page));
        if (colorScheme === "dark" && REPORTS.includes(name)) claim(`${name} shows all on white paper`, await evidenceOnPaper(page));
        claim(`${name} asks nobody for anything`, elsewhere());
        claim(`${name} gives the browser nothing to complain about`, complaints);
      });
    }
    await look(browser, name, { viewport: PHONE }, async (page) => {
      await unfold(page);
      claim(`${name} is accessible on a phone (axe)`, await accessible(page));
    });
    for (const width of WIDTHS) await fits(browser, name, width);
  }
  await look(browser, "hostile", {}, async (page) => claim("hostile names are text", await hostileAsText(page)));
}

async function takePictures(browser) {
  mkdirSync(pictures, { recursive: true });
  const picture = async (file, name, options, height) =>
    look(browser, name, options, async (page) => {
      const { width } = page.viewportSize();
      const path = join(pictures, file);
      await page.screenshot({ path, clip: { x: 0, y: 0, width, height }, fullPage: true });
    });
  await picture("report-light.png", "violated", {}, 2050);
  await picture("report-first-screen.png", "verified", {}, 900);
  await picture("report-dark.png", "verified", { colorScheme: "dark" }, 1450);
  await picture("report-phone.png", "verified", { viewport: { ...PHONE, width: 390 }, deviceScaleFactor: 2 }, 1010);
  await picture("report-index.png", "index", {}, 640);
}

for (const file of Object.values(FILES)) {
  if (!existsSync(join(pages, file))) throw new Error(`There is no page ${file}: tests/screenshots/pages.sh makes it.`);
}
const browser = await chromium.launch({ executablePath: installedChromium(), args: ["--no-sandbox"] });
try {
  await checkAll(browser);
  if (!wrong.length) await takePictures(browser);
} finally {
  await browser.close();
}
wrong.forEach((problem) => console.error(problem));
console.log(`${checks} claims about the pages, ${wrong.length} problems`);
process.exit(wrong.length ? 1 : 0);
