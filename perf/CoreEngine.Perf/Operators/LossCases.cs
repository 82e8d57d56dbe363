namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>
/// Loss layers. Those of MXNet give predictions forward, and the loss's gradient backward whatever flows in: the twin of
/// the backward pass is that of the loss.
/// </summary>
internal static class LossCases
{
    private const string Group = "loss";

    private static readonly OperatorInput s_scores = Signed(512, 1000);
    private static readonly OperatorInput s_labels = Label(1000, 512);

    public static IEnumerable<OperatorCase> All =>
        [
            new OperatorCase(Group, "SoftmaxOutput", [s_scores, s_labels], "torch.softmax(a, 1)")
            {
                Setup = "l = F.cross_entropy(a, b.detach().long(), reduction='sum')",
                Variables = "a",
                TorchHead = "l",
                TorchHeadGradient = "None",
            },
            new OperatorCase(
                Group,
                "softmax_cross_entropy",
                [s_scores, s_labels],
                "F.cross_entropy(a, t, reduction='sum')"
            )
            {
                Setup = "t = b.detach().long()",
                Variables = "a",
            },
            Regression("LinearRegressionOutput", "a.clone()", "F.mse_loss(a, b, reduction='sum')", "a.grad / 2048"),
            Regression("MAERegressionOutput", "a.clone()", "F.l1_loss(a, b, reduction='sum')", "a.grad / 1024"),
            Regression(
                "LogisticRegressionOutput",
                "torch.sigmoid(a)",
                "F.binary_cross_entropy_with_logits(a, b, reduction='sum')",
                "a.grad / 1024"
            ),
            new OperatorCase(Group, "MakeLoss", [s_scores], "a.clone()"),
            new OperatorCase(
                Group,
                "_contrib_CTCLoss",
                [Signed(100, 16, 200), Label(199, 16, 20)],
                "F.ctc_loss(torch.log_softmax(a, 2), t, n, m, blank=199, reduction='none')"
            )
            {
                Attributes = "blank_label=last",
                Setup = "t = b.detach().long()\nn = torch.full((16,), 100)\nm = torch.full((16,), 20)",
                Variables = "a",
                IsTogether = true,
                // In float32 PyTorch's logarithms, which add up along a sequence, leave four digits of the gradient.
                ExpectedGradients =
                [
                    "(lambda x: torch.autograd.grad(F.ctc_loss(torch.log_softmax(x, 2), t, n, m, blank=199, "
                        + "reduction='none'), x, g.double())[0].float())(a.detach().double().requires_grad_())",
                ],
            },
        ];

    private static OperatorCase Regression(string name, string torch, string loss, string expected) =>
        new(Group, name, [Signed(512, 1024), Uniform(0, 1, 512, 1024)], torch)
        {
            Setup = $"l = {loss}",
            Variables = "a",
            TorchHead = "l",
            TorchHeadGradient = "None",
            ExpectedGradients = [expected],
        };
}
