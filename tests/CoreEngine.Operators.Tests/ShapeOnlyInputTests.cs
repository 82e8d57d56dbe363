namespace CoreEngine.Operators.Tests;

/// <summary>Inputs that are declared to tell only a shape and a type are not read by the kernels.</summary>
[TestClass]
public sealed class ShapeOnlyInputTests
{
    private static readonly Case[] s_cases =
    [
        new(
            "zeros_like",
            [
                [2, 3],
            ]
        ),
        new(
            "ones_like",
            [
                [2, 3],
            ]
        ),
        new(
            "_identity_with_attr_like_rhs",
            [
                [2, 3],
                [2, 3],
            ]
        ),
        new(
            "reshape_like",
            [
                [2, 3],
                [3, 2],
            ]
        ),
        new(
            "_backward_cast",
            [
                [2, 3],
                [2, 3],
            ],
            ("dtype", "float32")
        ),
        new(
            "_backward_sum_like",
            [
                [2, 3],
                [1, 3],
            ]
        ),
        new(
            "_backward_broadcast_like",
            [
                [1, 3],
                [2, 3],
            ]
        ),
        new(
            "_backward_broadcast_elemwise_add",
            [
                [2, 3],
                [2, 1],
                [1, 3],
            ]
        ),
        new(
            "_backward_broadcast_elemwise_sub",
            [
                [2, 3],
                [2, 1],
                [1, 3],
            ]
        ),
        new(
            "_backward_sum",
            [
                [2],
                [2, 3],
            ],
            ("axis", "1")
        ),
        new(
            "_backward_mean",
            [
                [2],
                [2, 3],
            ],
            ("axis", "1")
        ),
        new(
            "_backward_slice",
            [
                [1, 2],
                [2, 3],
            ],
            ("begin", "(0, 1)"),
            ("end", "(1, 3)")
        ),
        new(
            "_backward_slice_axis",
            [
                [2, 1],
                [2, 3],
            ],
            ("axis", "1"),
            ("begin", "0"),
            ("end", "1")
        ),
        new(
            "_backward_repeat",
            [
                [4, 3],
                [2, 3],
            ],
            ("repeats", "2"),
            ("axis", "0")
        ),
        new(
            "_backward_tile",
            [
                [4, 3],
                [2, 3],
            ],
            ("reps", "(2, 1)")
        ),
        new(
            "Crop",
            [
                [1, 2, 4, 5],
                [1, 1, 2, 3],
            ],
            ("num_args", "2")
        ),
        new(
            "_backward_Crop",
            [
                [1, 2, 2, 3],
                [1, 2, 4, 5],
            ],
            ("num_args", "2")
        ),
        new(
            "_backward_gather_nd",
            [
                [3],
                [2, 3],
                [4, 5],
            ]
        ),
        new(
            "_backward_take",
            [
                [3, 2],
                [3],
                [4, 2],
            ]
        ),
        new(
            "_backward_Embedding",
            [
                [3, 2],
                [3],
                [4, 2],
            ],
            ("input_dim", "4"),
            ("output_dim", "2")
        ),
        new(
            "_backward_SparseEmbedding",
            [
                [3, 2],
                [3],
                [4, 2],
            ],
            ("input_dim", "4"),
            ("output_dim", "2")
        ),
        new(
            "_backward_pick",
            [
                [2],
                [2],
                [2, 3],
            ],
            ("axis", "1")
        ),
        new(
            "_backward_topk",
            [
                [2, 1],
                [2, 1],
                [2, 3],
            ],
            ("axis", "1")
        ),
        new(
            "_backward__contrib_PSROIPooling",
            [
                [3, 2, 2, 2],
                [2, 8, 4, 4],
                [3, 5],
            ],
            ("pooled_size", "2"),
            ("output_dim", "2"),
            ("spatial_scale", "1")
        ),
        new(
            "_backward_GridGenerator",
            [
                [1, 2, 3, 4],
                [1, 6],
            ],
            ("transform_type", "affine"),
            ("target_shape", "(3, 4)")
        ),
    ];

    [TestMethod]
    public void AreNotRead()
    {
        foreach (Case call in s_cases)
        {
            CollectionAssert.AreEqual(Run(call, fill: 1), Run(call, float.NaN), call.Operator);
        }
    }

    [TestMethod]
    public void EveryOperatorThatDeclaresSomeHasACase()
    {
        string[] declared =
        [
            .. OperatorRegistry
                .Default.Operators.Where(op => op.ShapeOnlyInputs.Length > 0)
                .Select(op => op.Name)
                .Except(s_cases.Select(call => call.Operator)),
        ];
        Assert.IsEmpty(declared, string.Join(", ", declared));
    }

    private static float[] Run(Case call, float fill)
    {
        int[] unread = OperatorRegistry.Default[call.Operator].ShapeOnlyInputs;
        NDArray[] inputs =
        [
            .. call.Shapes.Select(
                (shape, place) =>
                {
                    var array = new NDArray(new Shape(shape), DType.Float32);
                    Span<float> values = array.AsWritableSpan<float>();
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i] = unread.Contains(place) ? fill : i % 2;
                    }

                    return array;
                }
            ),
        ];
        var attributes = call.Attributes.ToDictionary(pair => pair.Key, pair => pair.Value);
        BoundOperator op = OperatorRegistry.Default[call.Operator].Bind(attributes);
        return [.. Imperative.Invoke(op, inputs).SelectMany(y => y.ToDense().ToArray<float>())];
    }

    private sealed record Case(string Operator, long[][] Shapes, params (string Key, string Value)[] Attributes);
}
