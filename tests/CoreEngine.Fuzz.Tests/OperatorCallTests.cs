using System.Text;
using CoreEngine.Operators;
using CoreEngine.Runtime;
using CoreEngine.Tests;

namespace CoreEngine.Fuzz.Tests;

[TestClass]
public sealed unsafe class OperatorCallTests
{
    private static readonly OperatorCall s_call = new(
        "FullyConnected",
        CallWay.Twice,
        true,
        [new("num_hidden", "3"), new("no_bias", "  = True")],
        [
            new(DType.Float16, [2, 4], CallValues.Special, GradientRequest.Add),
            new(DType.Int64, [7], CallValues.Huge, GradientRequest.Null, StorageType.RowSparse),
        ]
    );

    [TestMethod]
    public void TextSaysEverything()
    {
        string text = s_call.ToString();
        Assert.AreEqual(
            """
            FullyConnected Twice training
            num_hidden = 3
            no_bias =   = True
            > float16 (2,4) Special Add
            > int64 (7,) Huge Null RowSparse

            """,
            text
        );
        Assert.AreEqual(text, OperatorCall.Parse(text).ToString());
    }

    [TestMethod]
    public void DrawnCallsComeBackFromTheirText()
    {
        var format = (OperatorFormat)FuzzFormats.Create("operators", Checkout.GoldenData);
        int sparse = 0;
        for (int i = 0; i < 2_000; i++)
        {
            string text = Encoding.UTF8.GetString(format.Mutate(i % format.Seeds.Count, new Random(i)));
            var call = OperatorCall.Parse(text);
            Assert.AreEqual(text, call.ToString());
            sparse += call.Arguments.Any(argument => argument.Storage != StorageType.Default) ? 1 : 0;
        }

        Assert.IsGreaterThan(100, sparse);
    }

    [TestMethod]
    public void EveryOperatorIsDrawn()
    {
        var format = (OperatorFormat)FuzzFormats.Create("operators", Checkout.GoldenData);
        HashSet<string> drawn =
        [
            .. Enumerable
                .Range(0, 10_000)
                .Select(i =>
                    OperatorCall
                        .Parse(Encoding.UTF8.GetString(format.Mutate(i % format.Seeds.Count, new Random(i))))
                        .Operator
                ),
        ];
        foreach (OperatorDef op in OperatorRegistry.Default.Operators.Where(op => !op.IsInternal))
        {
            Assert.IsTrue(drawn.Overlaps(op.Aliases.Prepend(op.Name)), op.Name);
        }
    }

    [TestMethod]
    public void AKernelThatWritesBesideItsResultIsFound() =>
        Find(
            (ref context) =>
            {
                TensorView y = context.Output(0);
                new Span<byte>(y.Data, (int)(y.Size * y.DType.ItemSize()) + 1).Fill(1);
            },
            "wrote outside its memory"
        );

    [TestMethod]
    public void AKernelThatWritesBesideItsTemporaryMemoryIsFound() =>
        Find(
            (ref context) =>
            {
                TensorView y = context.Output(0);
                new Span<byte>(y.Data, (int)(y.Size * y.DType.ItemSize())).Clear();
                ((byte*)context.Scratch(10))[-1] = 1;
            },
            "temporary memory"
        );

    [TestMethod]
    public void AKernelThatLeavesOutAnElementIsFound() => Find((ref _) => { }, "was not written");

    [TestMethod]
    public void AnErrorWithoutATypeIsFound() =>
        Find((ref _) => throw new InvalidOperationException("planted"), "kernel of");

    [TestMethod]
    public void AnErrorAboutValuesIsNone() =>
        Run(new OperatorDef("_planted_values") { Kernel = (ref _) => throw new OperatorException("_planted", "no") });

    private static void Find(KernelFunction kernel, string problem)
    {
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() =>
            Run(new OperatorDef($"_planted_{problem.Replace(' ', '_')}") { Kernel = kernel })
        );
        Assert.Contains(problem, error.Message);
    }

    private static void Run(OperatorDef planted)
    {
        var format = new OperatorFormat([]);
        using IDisposable prepared = format.Prepare();
        var arguments = new CallArgument[] { new(DType.Float32, [3, 5], CallValues.Normal, GradientRequest.Null) };
        CallRun.Run(
            new OperatorCall(planted.Name, CallWay.Direct, false, [], arguments),
            (_, attributes) => planted.Bind(attributes)
        );
    }
}
