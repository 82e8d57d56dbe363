namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>One update of half a million weights.</summary>
internal static class OptimizerCases
{
    private const string Group = "optimizer";

    private static readonly OperatorInput s_weight = Signed(512, 1024);

    // Away from zero, where the place of epsilon tells.
    private static readonly OperatorInput s_gradient = Uniform(0.1, 1, 512, 1024);
    private static readonly OperatorInput s_state = Constant(0, 512, 1024);

    public static IEnumerable<OperatorCase> All =>
        [
            Update("sgd_update", 0, "lr=0.0001; wd=0.001", "SGD([a], 0.0001, weight_decay=0.001)"),
            Update(
                "sgd_mom_update",
                1,
                "lr=0.0001; momentum=0.9; wd=0.001",
                "SGD([a], 0.0001, momentum=0.9, weight_decay=0.001)"
            ),
            Update("nag_mom_update", 1, "lr=0.0001; momentum=0.9", "SGD([a], 0.0001, momentum=0.9, nesterov=True)"),
            // PyTorch corrects the moments for their start, which MXNet leaves to the learning rate.
            Update("adam_update", 2, "lr=0.0000316227766", "Adam([a], 0.0001)"),
            Update("rmsprop_update", 1, "lr=0.0001; gamma1=0.95", "RMSprop([a], 0.0001, alpha=0.95)"),
            Update(
                "rmspropalex_update",
                3,
                "lr=0.0001; gamma1=0.95; gamma2=0.9",
                "RMSprop([a], 0.0001, alpha=0.95, momentum=0.9, centered=True)"
            ),
            Update("adagrad_update", 1, "lr=0.0001", "Adagrad([a], 0.0001)"),
            Update("adadelta_update", 2, "rho=0.9; epsilon=0.00001", "Adadelta([a], 1.0, rho=0.9, eps=0.00001)"),
            Update("adamax_update", 2, "lr=0.01", "Adamax([a], 0.001)"),
            // PyTorch's schedule of momenta is another one.
            Update("nadam_update", 2, "lr=0.001", "NAdam([a], 0.001)") with
            {
                Expected = null,
            },
        ];

    private static OperatorCase Update(string name, int states, string attributes, string torch) =>
        new(Group, name, [s_weight, s_gradient, .. Enumerable.Repeat(s_state, states)], "o.step()")
        {
            Attributes = attributes,
            Setup = $"o = torch.optim.{torch}; a.grad = b",
            Target = 0,
            Expected = "a",
        };
}
