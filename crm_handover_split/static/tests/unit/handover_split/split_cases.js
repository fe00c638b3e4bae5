/**
 * What the split reckons, once in Python (`allocation.py`) and once here (the split's
 * model): both have to find these figures, so each runs these cases.
 *
 * From the bracket on it is plain JSON, which `tests/split/test_arithmetic.py` reads as it
 * stands: keys in quotes, no comments, no comma at the end.
 *
 * A load is `[records, value, to-dos]`, 0 is nobody. A step changes something, or nothing
 * at first; what it names has to be so after it:
 * - `move`, `to`: these lines go there, or all lines of the `bundle`;
 * - `deal`, `assignment`: what `Deal` makes of it, by this criterion;
 * - `stay`: only these takers are left;
 * - `undo`: the last step that changed something is taken back;
 * - `changed`: how many lines the step has moved;
 * - `loads`: `[kept, coming, after]` of each taker;
 * - `left`: how many records nobody gets; `torn`: the bundles not kept together; `over`: who
 *   gets more than the cap; `fairness`: the largest load as a multiple of the mean.
 */
// prettier-ignore
export const SPLIT_CASES = [
    {
        "name": "what somebody gives away does not count against them",
        "takers": [
            {"id": 1, "before": [10, 1000, 4], "gives": [4, 400, 1], "cap": null},
            {"id": 2, "before": [2, 200, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 1, "successor": 2, "value": 250, "todos": 1},
            {"id": 12, "bundle": 1, "giver": 1, "successor": 2, "value": 150, "todos": 0},
            {"id": 13, "bundle": 1, "giver": 1, "successor": 2, "value": 0, "todos": 0},
            {"id": 14, "bundle": 2, "giver": 1, "successor": 2, "value": 0, "todos": 0}
        ],
        "steps": [
            {
                "loads": {
                    "1": [[6, 600, 3], [0, 0, 0], [6, 600, 3]],
                    "2": [[2, 200, 0], [4, 400, 1], [6, 600, 1]]
                },
                "left": 0, "torn": [], "over": [], "fairness": 1.1667
            }
        ]
    },
    {
        "name": "nobody keeps less than nothing",
        "takers": [
            {"id": 1, "before": [1, 100, 0], "gives": [2, 500, 2], "cap": null},
            {"id": 2, "before": [3, 50, 5], "gives": [1, 60, 1], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 1, "successor": 2, "value": 500, "todos": 2},
            {"id": 12, "bundle": 0, "giver": 1, "successor": 2, "value": 0, "todos": 0},
            {"id": 13, "bundle": 1, "giver": 2, "successor": 1, "value": 60, "todos": 1}
        ],
        "steps": [
            {
                "loads": {
                    "1": [[0, 0, 0], [1, 60, 1], [1, 60, 1]],
                    "2": [[2, 0, 4], [2, 500, 2], [4, 500, 6]]
                },
                "left": 0, "torn": [], "over": [], "fairness": 1.7
            }
        ]
    },
    {
        "name": "what nobody gets belongs to the scale, though it is no load",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [1, 300, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 100, "todos": 0},
            {"id": 12, "bundle": 1, "giver": 9, "successor": 0, "value": 200, "todos": 0},
            {"id": 13, "bundle": 2, "giver": 9, "successor": 0, "value": 400, "todos": 0}
        ],
        "steps": [
            {
                "loads": {
                    "1": [[0, 0, 0], [1, 100, 0], [1, 100, 0]],
                    "2": [[1, 300, 0], [0, 0, 0], [1, 300, 0]]
                },
                "left": 2, "torn": [], "over": [], "fairness": 1.2222
            }
        ]
    },
    {
        "name": "without takers all of it is left, and nothing is uneven",
        "takers": [],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 0, "value": 100, "todos": 1},
            {"id": 12, "bundle": 0, "giver": 9, "successor": 0, "value": 200, "todos": 0}
        ],
        "steps": [
            {"loads": {}, "left": 2, "torn": [], "over": [], "fairness": 1},
            {
                "deal": "load", "assignment": {"11": 0, "12": 0}, "changed": 0,
                "loads": {}, "left": 2, "torn": [], "over": [], "fairness": 1
            }
        ]
    },
    {
        "name": "takers who have nothing and get nothing are even",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 0, "value": 100, "todos": 0}
        ],
        "steps": [
            {
                "loads": {
                    "1": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
                    "2": [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
                },
                "left": 1, "torn": [], "over": [], "fairness": 1
            }
        ]
    },
    {
        "name": "who gets nothing counts for the mean",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 3, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 100, "todos": 0},
            {"id": 12, "bundle": 1, "giver": 9, "successor": 1, "value": 300, "todos": 2}
        ],
        "steps": [
            {
                "loads": {
                    "1": [[0, 0, 0], [2, 400, 2], [2, 400, 2]],
                    "2": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
                    "3": [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
                },
                "left": 0, "torn": [], "over": [], "fairness": 3
            },
            {"move": [11], "to": 3, "changed": 1, "fairness": 2.25}
        ]
    },
    {
        "name": "records, value and to-dos weigh the same, and what there is none of nothing",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 0, "todos": 0},
            {"id": 12, "bundle": 1, "giver": 9, "successor": 1, "value": 0, "todos": 0},
            {"id": 13, "bundle": 2, "giver": 9, "successor": 1, "value": 0, "todos": 0},
            {"id": 14, "bundle": 3, "giver": 9, "successor": 2, "value": 0, "todos": 5}
        ],
        "steps": [
            {"left": 0, "torn": [], "over": [], "fairness": 1.25}
        ]
    },
    {
        "name": "values that make up for each other weigh nothing",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 100, "todos": 0},
            {"id": 12, "bundle": 1, "giver": 9, "successor": 2, "value": -100, "todos": 0}
        ],
        "steps": [
            {
                "loads": {
                    "1": [[0, 0, 0], [1, 100, 0], [1, 100, 0]],
                    "2": [[0, 0, 0], [1, -100, 0], [1, -100, 0]]
                },
                "left": 0, "torn": [], "over": [], "fairness": 1
            }
        ]
    },
    {
        "name": "a bundle is torn by each record that goes elsewhere or to nobody",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 300, "todos": 0},
            {"id": 12, "bundle": 0, "giver": 9, "successor": 1, "value": 100, "todos": 1},
            {"id": 13, "bundle": 0, "giver": 9, "successor": 1, "value": 0, "todos": 0},
            {"id": 14, "bundle": 1, "giver": 9, "successor": 1, "value": 400, "todos": 1},
            {"id": 15, "bundle": 1, "giver": 9, "successor": 1, "value": 0, "todos": 0}
        ],
        "steps": [
            {"left": 0, "torn": [], "fairness": 2},
            {
                "move": [12], "to": 2, "changed": 1,
                "loads": {
                    "1": [[0, 0, 0], [4, 700, 1], [4, 700, 1]],
                    "2": [[0, 0, 0], [1, 100, 1], [1, 100, 1]]
                },
                "left": 0, "torn": [0], "fairness": 1.45
            },
            {"move": [14], "to": 0, "changed": 1, "left": 1, "torn": [0, 1]},
            {
                "move": [13], "to": 0, "changed": 1,
                "loads": {
                    "1": [[0, 0, 0], [2, 300, 0], [2, 300, 0]],
                    "2": [[0, 0, 0], [1, 100, 1], [1, 100, 1]]
                },
                "left": 2, "torn": [0, 1], "fairness": 1.03125
            },
            {"move": [11, 13], "to": 2, "changed": 2, "left": 1, "torn": [1]},
            {"move": [15], "to": 0, "changed": 1, "left": 2, "torn": [], "fairness": 2}
        ]
    },
    {
        "name": "a bundle moves as a whole, wherever its records are",
        "takers": [
            {"id": 1, "before": [2, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 10, "todos": 0},
            {"id": 12, "bundle": 1, "giver": 9, "successor": 1, "value": 30, "todos": 0},
            {"id": 13, "bundle": 0, "giver": 9, "successor": 0, "value": 20, "todos": 0},
            {"id": 14, "bundle": 0, "giver": 9, "successor": 2, "value": 40, "todos": 0}
        ],
        "steps": [
            {"left": 1, "torn": [0]},
            {
                "bundle": 0, "to": 2, "changed": 2,
                "loads": {
                    "1": [[2, 0, 0], [1, 30, 0], [3, 30, 0]],
                    "2": [[0, 0, 0], [3, 70, 0], [3, 70, 0]]
                },
                "left": 0, "torn": [], "fairness": 1.2
            },
            {"undo": true, "left": 1, "torn": [0]},
            {"bundle": 0, "to": 0, "changed": 2, "left": 3, "torn": []}
        ]
    },
    {
        "name": "each change is taken back by itself, the last one first",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 100, "todos": 0},
            {"id": 12, "bundle": 0, "giver": 9, "successor": 1, "value": 200, "todos": 0},
            {"id": 13, "bundle": 1, "giver": 9, "successor": 0, "value": 300, "todos": 0}
        ],
        "steps": [
            {"move": [11], "to": 2, "changed": 1, "left": 1, "torn": [0]},
            {"move": [13, 12], "to": 2, "changed": 2, "left": 0, "torn": []},
            {"move": [11], "to": 2, "changed": 0, "left": 0, "torn": []},
            {
                "undo": true,
                "loads": {
                    "1": [[0, 0, 0], [1, 200, 0], [1, 200, 0]],
                    "2": [[0, 0, 0], [1, 100, 0], [1, 100, 0]]
                },
                "left": 1, "torn": [0], "fairness": 1.1429
            },
            {
                "undo": true,
                "loads": {
                    "1": [[0, 0, 0], [2, 300, 0], [2, 300, 0]],
                    "2": [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
                },
                "left": 1, "torn": [], "fairness": 2
            }
        ]
    },
    {
        "name": "a deal keeps to the caps, by hand there may be more",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": 2},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": 1}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 0, "value": 900, "todos": 0},
            {"id": 12, "bundle": 0, "giver": 9, "successor": 0, "value": 100, "todos": 2},
            {"id": 13, "bundle": 1, "giver": 9, "successor": 0, "value": 500, "todos": 0},
            {"id": 14, "bundle": 2, "giver": 9, "successor": 0, "value": 500, "todos": 0}
        ],
        "steps": [
            {
                "deal": "turn", "assignment": {"11": 1, "12": 1, "13": 2, "14": 0},
                "changed": 3,
                "loads": {
                    "1": [[0, 0, 0], [2, 1000, 2], [2, 1000, 2]],
                    "2": [[0, 0, 0], [1, 500, 0], [1, 500, 0]]
                },
                "left": 1, "torn": [], "over": [], "fairness": 1.6
            },
            {"move": [14], "to": 2, "changed": 1, "left": 0, "over": [2], "fairness": 1.3333},
            {"move": [13], "to": 1, "changed": 1, "left": 0, "over": [1]},
            {"undo": true, "over": [2]},
            {"deal": "load", "assignment": {"11": 1, "12": 1, "13": 2, "14": 0}, "over": []}
        ]
    },
    {
        "name": "a cap of nought takes nothing, and a bundle that is too large goes to nobody",
        "takers": [
            {"id": 1, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": 0},
            {"id": 2, "before": [9, 900, 0], "gives": [0, 0, 0], "cap": 1}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 50, "todos": 0},
            {"id": 12, "bundle": 0, "giver": 9, "successor": 1, "value": 50, "todos": 0},
            {"id": 13, "bundle": 1, "giver": 9, "successor": 1, "value": 0, "todos": 0}
        ],
        "steps": [
            {"left": 0, "torn": [], "over": [1]},
            {
                "deal": "load", "assignment": {"11": 0, "12": 0, "13": 2}, "changed": 3,
                "left": 2, "torn": [], "over": [], "fairness": 2
            },
            {
                "deal": "load", "together": false,
                "assignment": {"11": 2, "12": 0, "13": 0}, "changed": 2,
                "left": 2, "torn": [0], "over": []
            }
        ]
    },
    {
        "name": "who has more already gets less",
        "takers": [
            {"id": 1, "before": [4, 400, 2], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [1, 100, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 100, "todos": 1},
            {"id": 12, "bundle": 1, "giver": 9, "successor": 1, "value": 200, "todos": 0},
            {"id": 13, "bundle": 2, "giver": 9, "successor": 1, "value": 100, "todos": 1}
        ],
        "steps": [
            {
                "deal": "load", "assignment": {"11": 2, "12": 2, "13": 2}, "changed": 3,
                "loads": {
                    "1": [[4, 400, 2], [0, 0, 0], [4, 400, 2]],
                    "2": [[1, 100, 0], [3, 400, 2], [4, 500, 2]]
                },
                "left": 0, "torn": [], "over": [], "fairness": 1.037
            },
            {"undo": true, "fairness": 1.8426}
        ]
    },
    {
        "name": "nobody is dealt what they give",
        "takers": [
            {"id": 1, "before": [2, 30, 0], "gives": [1, 10, 0], "cap": null},
            {"id": 2, "before": [2, 30, 0], "gives": [1, 20, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 1, "successor": 0, "value": 10, "todos": 0},
            {"id": 12, "bundle": 0, "giver": 2, "successor": 0, "value": 20, "todos": 0}
        ],
        "steps": [
            {
                "deal": "load", "assignment": {"11": 0, "12": 0}, "changed": 0,
                "left": 2, "torn": [], "fairness": 1.1667
            },
            {
                "deal": "load", "together": false, "assignment": {"11": 2, "12": 1},
                "changed": 2,
                "loads": {
                    "1": [[1, 20, 0], [1, 20, 0], [2, 40, 0]],
                    "2": [[1, 10, 0], [1, 10, 0], [2, 20, 0]]
                },
                "left": 0, "torn": [0], "fairness": 1.1667
            }
        ]
    },
    {
        "name": "what went to somebody who takes no more goes to nobody",
        "takers": [
            {"id": 1, "before": [1, 100, 1], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [2, 100, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 3, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 2, "value": 100, "todos": 0},
            {"id": 12, "bundle": 0, "giver": 9, "successor": 1, "value": 200, "todos": 1},
            {"id": 13, "bundle": 1, "giver": 9, "successor": 2, "value": 0, "todos": 0},
            {"id": 14, "bundle": 1, "giver": 9, "successor": 3, "value": 0, "todos": 0}
        ],
        "steps": [
            {"move": [11], "to": 1, "changed": 1, "left": 0, "torn": [1]},
            {
                "stay": [1], "changed": 2,
                "loads": {"1": [[1, 100, 1], [2, 300, 1], [3, 400, 2]]},
                "left": 2, "torn": [], "fairness": 1
            },
            {"undo": true, "left": 2, "torn": []},
            {"undo": true, "left": 3, "torn": [0]}
        ]
    },
    {
        "name": "cents are not rounded away",
        "takers": [
            {"id": 1, "before": [0, 0.1, 0], "gives": [0, 0, 0], "cap": null},
            {"id": 2, "before": [0, 0, 0], "gives": [0, 0, 0], "cap": null}
        ],
        "lines": [
            {"id": 11, "bundle": 0, "giver": 9, "successor": 1, "value": 0.2, "todos": 0},
            {"id": 12, "bundle": 1, "giver": 9, "successor": 2, "value": 0.1, "todos": 0}
        ],
        "steps": [
            {
                "loads": {
                    "1": [[0, 0.1, 0], [1, 0.2, 0], [1, 0.3, 0]],
                    "2": [[0, 0, 0], [1, 0.1, 0], [1, 0.1, 0]]
                },
                "left": 0, "torn": [], "over": [], "fairness": 1.25
            }
        ]
    }
];
