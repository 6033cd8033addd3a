-- q1_pathfinders: What became of the pathfinders?
SELECT p.name AS pathfinder, p.wave, p.announced_date AS announced, a.label AS area, f.label AS form_intended,
       b.name AS became, s.label AS status, b.status_date AS status_as_of
FROM pathfinders AS p
LEFT JOIN codes_areas AS a ON a.code = p.gss_code
LEFT JOIN codes_forms AS f ON f.code = p.intended_form_code
LEFT JOIN spin_outs AS b ON b.spin_out_id = p.spin_out_id
LEFT JOIN codes_statuses AS s ON s.code = b.status_code
ORDER BY p.wave, p.name;

-- q2_still_running: Which mutuals were still running when last heard of?
SELECT b.name AS mutual, c.label AS field, b.place, f.label AS form, b.left_date AS left_public_sector,
       b.status_date AS last_heard_of, b.spin_out_id
FROM spin_outs AS b
JOIN codes_sectors AS c ON c.code = b.sector_code
LEFT JOIN codes_forms AS f ON f.code = b.form_code
WHERE b.inclusion_code = 'counted' AND b.status_code = 'operating'
ORDER BY b.status_date DESC, b.name;

-- q3_contracts_by_value: Which contracts are worth most?
SELECT c.name AS contract, c.value_gbp, c.term_months, c.value_gbp_per_year, o.label AS outcome,
       buyer.name AS buyer, winner.name AS winner, c.award_date AS awarded, c.contract_id
FROM contracts AS c
JOIN codes_outcomes AS o ON o.code = c.outcome_code
LEFT JOIN organisations AS buyer ON buyer.organisation_id = c.buyer_organisation_id
LEFT JOIN organisations AS winner ON winner.organisation_id = c.winner_organisation_id
WHERE c.value_gbp IS NOT NULL OR c.value_gbp_per_year IS NOT NULL
ORDER BY c.value_gbp DESC NULLS LAST, c.value_gbp_per_year DESC, c.contract_id;

-- q4_contracts_lost: Who lost contracts, and to whom?
SELECT coalesce(b.name, loser.name) AS lost_by, c.name AS contract, o.label AS outcome, winner.name AS awarded_to,
       (SELECT group_concat(name, '; ') FROM (
          SELECT w.name FROM contracts AS n JOIN organisations AS w ON w.organisation_id = n.winner_organisation_id
          WHERE n.previous_contract_id = c.contract_id ORDER BY n.contract_id)) AS next_awarded_to,
       c.value_gbp, coalesce(c.end_date, c.award_date) AS date, c.note, c.contract_id
FROM contracts AS c
JOIN codes_outcomes AS o ON o.code = c.outcome_code
LEFT JOIN spin_outs AS b ON b.spin_out_id = c.spin_out_id
LEFT JOIN contracts_loser_organisation_ids AS l ON l.contract_id = c.contract_id AND l.position = 1
LEFT JOIN organisations AS loser ON loser.organisation_id = l.item
LEFT JOIN organisations AS winner ON winner.organisation_id = c.winner_organisation_id
WHERE c.outcome_code IN ('ended_by_buyer', 'ended_by_mutual', 'lost', 'returned_in_house', 'went_elsewhere')
ORDER BY lost_by, date, c.contract_id;

-- q5_promises_and_counts: What was promised, and what was counted?
SELECT m.label AS measure, u.label AS unit, k.label AS kind, bound.label AS bound, f.value, f.statement,
       f.as_of_date, f.due_date, coalesce(p.name, o.name, f.claimant_described) AS stated_by, s.title AS source, f.figure_id
FROM figures AS f
JOIN codes_measures AS m ON m.code = f.measure_code
JOIN codes_units AS u ON u.code = f.unit_code
JOIN codes_figure_kinds AS k ON k.code = f.kind_code
JOIN codes_bounds AS bound ON bound.code = f.bound_code
JOIN sources AS s ON s.source_id = f.source_id
LEFT JOIN people AS p ON p.person_id = f.claimant_person_id
LEFT JOIN organisations AS o ON o.organisation_id = f.claimant_organisation_id
WHERE f.kind_code IN ('promise', 'target', 'forecast', 'pipeline', 'count') AND f.spin_out_id IS NULL
ORDER BY m.label, u.label, f.as_of_date, f.figure_id;

-- q6_ballots: What did staff say when they were asked?
SELECT b.name AS ballot, k.label AS kind, j.label AS asked_about, b.date, b.asked, b.answered, b.turnout_pct, b.for_pct, b.against_pct,
       r.label AS result, f.label AS what_followed, b.note, b.ballot_id
FROM ballots AS b
JOIN codes_ballot_kinds AS k ON k.code = b.kind_code
JOIN codes_ballot_subjects AS j ON j.code = b.subject_code
JOIN codes_ballot_results AS r ON r.code = b.result_code
JOIN codes_ballot_sequels AS f ON f.code = b.followed_code
ORDER BY b.date, b.ballot_id;

-- q7_places_and_services: Where are the mutuals, and in which services?
WITH RECURSIVE within(code, wider) AS (
  SELECT code, code FROM codes_areas
  UNION SELECT w.code, a.broader FROM within AS w JOIN codes_areas AS a ON a.code = w.wider WHERE a.broader IS NOT NULL
)
SELECT coalesce(region.label, 'not in one region') AS region, s.label AS field, count(*) AS mutuals,
       sum(b.status_code = 'operating') AS running_when_last_heard_of, group_concat(b.name, '; ') AS names
FROM (SELECT * FROM spin_outs ORDER BY name) AS b
JOIN codes_sectors AS s ON s.code = b.sector_code
LEFT JOIN within AS w ON w.code = b.gss_code AND (w.wider LIKE 'E12%' OR w.wider GLOB '[NSW]92*')
LEFT JOIN codes_areas AS region ON region.code = w.wider
WHERE b.inclusion_code = 'counted'
GROUP BY region.label, s.label
ORDER BY region.label IS NULL, region, mutuals DESC, field;

-- q8_ended_and_why: Which mutuals ended, and what is told of the end?
SELECT b.name AS mutual, s.label AS end, b.status_date AS ended, b.left_date AS left_public_sector, c.label AS field,
       b.note, e.as_read AS as_printed, src.title AS source, src.url, e.paragraph, b.spin_out_id
FROM spin_outs AS b
JOIN codes_statuses AS s ON s.code = b.status_code
JOIN codes_sectors AS c ON c.code = b.sector_code
LEFT JOIN evidence_spin_outs AS e ON e.row_id = b.spin_out_id AND e."column" = 'status_code'
LEFT JOIN sources AS src ON src.source_id = e.source_id
WHERE b.inclusion_code = 'counted' AND b.status_code NOT IN ('announced', 'operating', 'lost_bid')
ORDER BY b.status_date, b.name, e.source_id, e.paragraph;

-- q9_quotes_by_speaker: Who said what?
SELECT coalesce(p.name, o.name, 'not named') AS speaker, q.role, t.label AS stance, q.text, q.said_date, s.title AS source, s.url,
       q.paragraph, q.quote_id
FROM quotes AS q
JOIN codes_stances AS t ON t.code = q.stance_code
JOIN sources AS s ON s.source_id = q.source_id
LEFT JOIN people AS p ON p.person_id = q.person_id
LEFT JOIN organisations AS o ON o.organisation_id = q.organisation_id
ORDER BY p.name IS NULL, speaker, q.said_date, q.quote_id;

-- q10_contradictions: Where do sources contradict the record?
SELECT e."table", e.record_name AS record, e."column", k.value AS record_says, e.value AS source_says, e.as_read AS as_printed,
       e.source_title AS source, e.source_url AS url, e.paragraph, e.note AS why_the_record_stands
FROM evidence_all AS e
LEFT JOIN (SELECT "table", row_id, "column", group_concat(DISTINCT value) AS value FROM evidence_all
           WHERE relation = 'supports' GROUP BY "table", row_id, "column") AS k
  ON k."table" = e."table" AND k.row_id = e.row_id AND k."column" = e."column"
WHERE e.relation = 'contradicts'
ORDER BY e."table", e.row_id, e."column", e.source_id, e.paragraph;
