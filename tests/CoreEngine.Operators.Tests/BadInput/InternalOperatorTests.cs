namespace CoreEngine.Operators.Tests;

/// <summary>Parts of gradients trust the graph that calls them: nobody calls them by name.</summary>
[TestClass]
public sealed class InternalOperatorTests
{
    private const string Problem = "it is a part of a gradient";

    public static IEnumerable<object[]> Names =>
        OperatorRegistry.Default.Operators.Where(op => op.IsInternal).Select(op => new object[] { op.Name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_part_of_a_gradient_is_not_called_by_name(string name)
    {
        using NDArray x = NDArray.Zeros([2, 3]);
        OperatorException error = Assert.ThrowsExactly<OperatorException>(() => Imperative.Invoke(name, [x, x]));
        Assert.Contains(Problem, error.Message);
        error = Assert.ThrowsExactly<OperatorException>(() => Symbol.Call(name, Symbol.Variable("x")));
        Assert.Contains(name, error.Message);
    }
}
