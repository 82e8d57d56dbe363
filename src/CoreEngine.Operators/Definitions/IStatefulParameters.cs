namespace CoreEngine.Operators;

/// <summary>
/// Parameters that one call, with its gradient, has for itself (<see cref="BoundOperator.RunsOnCaller"/>): a state lives in
/// them from forward to backward. Disposed when neither will run any more; forgotten ones are collected.
/// </summary>
public interface IStatefulParameters : IParameters, IDisposable
{
    /// <summary>The same parameters for another call.</summary>
    public IStatefulParameters Anew();
}
