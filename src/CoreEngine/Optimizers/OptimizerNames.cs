namespace CoreEngine.Optimizers;

/// <summary>The optimizers by the names that descriptions use, which are MXNet's.</summary>
public static class OptimizerNames
{
    private static readonly Dictionary<string, Func<Optimizer>> s_optimizers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sgd"] = () => new Sgd(),
        // An old name of the same.
        ["ccsgd"] = () => new Sgd(),
        ["nag"] = () => new Nag(),
        ["dcasgd"] = () => new Dcasgd(),
        ["sgld"] = () => new Sgld(),
        ["adam"] = () => new Adam(),
        ["adagrad"] = () => new AdaGrad(),
        ["adadelta"] = () => new AdaDelta(),
        ["adamax"] = () => new AdaMax(),
        ["nadam"] = () => new Nadam(),
        ["ftml"] = () => new Ftml(),
        ["ftrl"] = () => new Ftrl(),
        ["rmsprop"] = () => new RmsProp(),
        ["test"] = () => new TestOptimizer(),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> All => s_optimizers.Keys;

    internal static Optimizer Create(string name) =>
        s_optimizers.TryGetValue(name, out Func<Optimizer>? make)
            ? make()
            : throw new OptimizerDescriptionException(
                $"there is no optimizer '{name}'; there are {string.Join(", ", All)}."
            );
}
