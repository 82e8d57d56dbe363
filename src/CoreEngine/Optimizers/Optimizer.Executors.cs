namespace CoreEngine.Optimizers;

public abstract partial class Optimizer
{
    /// <summary>Changes every argument of an executor that it computes the gradient of, in place, asynchronously.</summary>
    /// <remarks>
    /// The arguments' places are the keys. The first call takes their names and the multipliers that the symbol carries,
    /// unless <see cref="ParameterNames"/> were given: so weights decay, and biases do not.
    /// </remarks>
    /// <param name="executor">
    /// An executor that was bound with gradients of its parameters, and of nothing else: data would be changed, too.
    /// </param>
    /// <inheritdoc cref="Update(int, NDArray, NDArray)" path="/exception"/>
    public void Update(Executor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        if (ParameterNames.Count == 0)
        {
            ParameterNames = executor.ArgumentNames.Index().ToDictionary(pair => pair.Index, pair => pair.Item);
            TakeMultipliers(executor.Symbol);
        }

        for (int i = 0; i < executor.Arguments.Count; i++)
        {
            if (executor.Gradients[i] is { } gradient)
                Update(i, executor.Arguments[i], gradient);
        }
    }
}
