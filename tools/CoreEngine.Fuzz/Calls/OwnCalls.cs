namespace CoreEngine.Fuzz;

/// <summary>Calls of operators that MXNet does not have, or has no recorded results of.</summary>
internal static class OwnCalls
{
    /// <summary>The calls.</summary>
    public static IReadOnlyList<OperatorCall> All =>
        [
            Call("LayerNorm", "axis = -1", "(2,3,5)", "(5,)", "(5,)"),
            Call("LayerNorm", "axis = 1", "(2,3,5)", "(3,)", "(3,)"),
            Call(
                "_fused_pointwise",
                """
                num_args = 2
                program = t0 = elemwise_add(x0, x1); t1 = Activation(t0, act_type=relu); return t1, t0
                """,
                "(4,300)",
                "(4,300)"
            ),
            Call(
                "_fused_pointwise",
                """
                num_args = 2
                program = t0 = broadcast_mul(x0, x1); t1 = exp(t0); t2 = _plus_scalar(t1, scalar="1"); return t2
                """,
                "(4,3,7)",
                "(1,3,1)"
            ),
            Call(
                "_contrib_fused_convolution",
                """
                kernel = (3,3)
                pad = (1,1)
                num_filter = 8
                act_type = relu
                """,
                "(1,4,9,9)",
                "(8,4,3,3)",
                "(8,)"
            ),
            Call(
                "_contrib_prepare_convolution_weight",
                """
                kernel = (3,3)
                pad = (1,1)
                num_filter = 16
                data_size = (14,14)
                """,
                "(16,16,3,3)"
            ),
            Call("sgld_update", "lr = 0.1", "(33,)", "(33,)"),
            Call("mp_sgld_update", "lr = 0.1", "(33,)", "(33,)", "(33,)"),
        ];

    private static OperatorCall Call(string op, string attributes, params string[] shapes) =>
        OperatorCall.Parse(
            $"{op} {nameof(CallWay.Direct)}\n{attributes}\n"
                + string.Join(
                    '\n',
                    shapes.Select(shape => $"> float32 {shape} {CallValues.Unit} {GradientRequest.Write}")
                )
        );
}
