"use strict";
// Sorts and filters the table of students. All text goes in as text: nothing here makes markup of it.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const table = document.getElementById("class");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const form = document.querySelector(".filters");
  const shown = document.getElementById("shown");
  const field = (name) => document.getElementById(`by-${name}`);
  const openRows = new Map(); // of each student whose checks are shown, the row that has them
  let order = rows.map((_, student) => student);

  // ------------------------------------------------------------------------------------------------ the choices

  const [EXERCISE, CHECK, TITLE, STATUS, MISTAKE] = [0, 1, 2, 3, 4]; // the parts of a failure
  const failsCheck = new Map(); // the label of a check -> the numbers of its failures

  function option(select, label, value) {
    const made = document.createElement("option");
    made.textContent = label.length > 90 ? `${label.slice(0, 89)}…` : label;
    made.value = value;
    select.append(made);
    return made;
  }

  function fillChoices() {
    data.exercises.forEach((title, number) => option(field("exercise"), title, number));
    const checks = new Map();
    const mistakes = new Map();
    data.failures.forEach((failure, number) => {
      if (failure[STATUS] === "failed" || failure[STATUS] === "skipped") {
        add(checks, failure[EXERCISE], failure[CHECK], failure[TITLE], number);
      }
      if (failure[MISTAKE]) add(mistakes, failure[EXERCISE], failure[MISTAKE], failure[MISTAKE], number);
    });
    fillGroups(field("check"), checks, "c");
    fillGroups(field("mistake"), mistakes, "m");
  }

  function add(groups, exercise, key, label, number) {
    if (!groups.has(exercise)) groups.set(exercise, new Map());
    const group = groups.get(exercise);
    if (!group.has(key)) group.set(key, { label, numbers: new Set() });
    group.get(key).numbers.add(number);
  }

  function fillGroups(select, groups, kind) {
    let made = 0;
    for (const exercise of [...groups.keys()].sort((one, other) => one - other)) {
      const group = document.createElement("optgroup");
      group.label = data.exercises[exercise];
      for (const { label, numbers } of groups.get(exercise).values()) {
        const value = `${kind}${made++}`;
        failsCheck.set(value, numbers);
        option(group, label, value);
      }
      select.append(group);
    }
  }

  // ------------------------------------------------------------------------------------------------ sorting

  const inOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  function compare(one, other, descending) {
    if (one === other) return 0;
    if (one === null) return 1; // nothing comes last, whatever the direction
    if (other === null) return -1;
    const found = typeof one === "string" ? inOrder.compare(one, other) : one - other;
    return descending ? -found : found;
  }

  function sortBy(column) {
    const head = heads[column];
    const descending = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const keys = data.sort[column];
    order.sort((one, other) => compare(keys[one], keys[other], descending) || one - other);
    const inNewOrder = document.createDocumentFragment();
    for (const student of order) {
      inNewOrder.append(rows[student]);
      if (openRows.has(student)) inNewOrder.append(openRows.get(student));
    }
    body.append(inNewOrder);
  }

  // ------------------------------------------------------------------------------------------------ filtering

  function isAnswer(state, wanted) {
    return wanted === "l" ? "pznwe".includes(state) : wanted === "z" ? "zn".includes(state) : state === wanted;
  }

  function predicates() {
    const words = field("name").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [exercise, answer, status, outcome] = ["exercise", "answer", "status", "outcome"].map((name) => field(name).value);
    const found = [];
    if (words.length) found.push((student) => words.every((word) => data.names[student].includes(word)));
    if (answer) {
      const among = exercise === "" ? data.exercises.map((_, number) => number) : [Number(exercise)];
      found.push((student) => among.some((number) => isAnswer(data.states[student][number], answer)));
    } else if (exercise !== "") {
      found.push((student) => !"n-".includes(data.states[student][exercise]));
    }
    for (const name of ["check", "mistake"]) {
      const numbers = failsCheck.get(field(name).value);
      if (numbers) found.push((student) => data.failed[student].some((number) => numbers.has(number)));
    }
    if (status === "late") found.push((student) => data.late[student] === 1);
    else if (status) found.push((student) => data.status[student] === Number(status));
    if (outcome) found.push((student) => data.outcome[student] === Number(outcome));
    return found;
  }

  function filter() {
    const all = predicates();
    let number = 0;
    rows.forEach((row, student) => {
      const fits = all.every((holds) => holds(student));
      row.hidden = !fits;
      if (openRows.has(student)) openRows.get(student).hidden = !fits;
      if (fits) number += 1;
    });
    const students = (count) => `${count.toLocaleString("en")} ${count === 1 ? "student" : "students"}`;
    shown.textContent = number === rows.length ? `${students(number)}.` : `${number.toLocaleString("en")} of ${students(rows.length)}.`;
  }

  // ------------------------------------------------------------------------------------------------ one student

  const IN_WORDS = { failed: "failed", skipped: "skipped, because a check that it needs failed", manual: "waits for a person", error: "could not be graded" };

  function line(parent, tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    parent.append(made);
    return made;
  }

  function checksOf(student) {
    const row = document.createElement("tr");
    const cell = row.insertCell();
    cell.className = "more";
    cell.colSpan = heads.length;
    const box = document.createElement("div");
    cell.append(box);
    if (data.notes[student]) line(box, "p", data.notes[student]).className = "soft";
    const list = document.createElement("ul");
    for (const number of data.failed[student]) {
      const failure = data.failures[number];
      const item = line(list, "li", `${data.exercises[failure[EXERCISE]]} · ${failure[TITLE]}: `);
      line(item, "b", IN_WORDS[failure[STATUS]]);
      if (failure[MISTAKE]) item.append(` – ${failure[MISTAKE]}`);
    }
    box.append(list.children.length ? list : line(box, "p", data.states[student].replaceAll("-", "") ? "Every check of what was attempted passed." : "Nothing is graded."));
    return row;
  }

  function toggle(student, button) {
    const isOpen = openRows.has(student);
    button.setAttribute("aria-expanded", String(!isOpen));
    rows[student].classList.toggle("open", !isOpen);
    if (isOpen) {
      openRows.get(student).remove();
      openRows.delete(student);
    } else {
      openRows.set(student, checksOf(student));
      rows[student].after(openRows.get(student));
    }
  }

  // ------------------------------------------------------------------------------------------------ the page

  function buttonIn(cell) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    cell.append(button);
    return button;
  }

  // Arrow keys lead from a student to the next, past those that are filtered out.
  function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target.closest("tr");
    if (!step || event.target.tagName !== "BUTTON" || !row) return;
    const visible = [...body.rows].filter((each) => !each.hidden && each.querySelector("th button"));
    const next = visible[visible.indexOf(row) + step];
    if (next) {
      event.preventDefault();
      next.querySelector("th button").focus();
    }
  }

  fillChoices();
  heads.forEach((head, column) => buttonIn(head).addEventListener("click", () => sortBy(column)));
  heads[0].setAttribute("aria-sort", "ascending");
  rows.forEach((row, student) => {
    const button = buttonIn(row.cells[0]);
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => toggle(student, button));
  });
  body.addEventListener("keydown", move);
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("all").addEventListener("click", () => {
    form.reset();
    filter();
  });
  form.hidden = false;
  document.querySelector(".no-script").hidden = true;
  filter(); // a browser may have kept what was chosen before the page was loaded again
})();
