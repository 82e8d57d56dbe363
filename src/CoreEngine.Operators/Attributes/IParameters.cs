namespace CoreEngine.Operators;

/// <summary>
/// The typed parameters of an operator. One method names every parameter once; depending on the reader it parses
/// the string attributes, describes the parameters (for documentation and code generators), or writes them as text.
/// </summary>
/// <example>
/// <code>
/// public sealed class ClipParameters : IParameters
/// {
///     public float Min, Max;
///
///     public void Read(AttributeReader reader)
///     {
///         reader.Required("a_min", ref Min);
///         reader.Required("a_max", ref Max);
///     }
/// }
/// </code>
/// </example>
public interface IParameters
{
    /// <summary>Visits every parameter in declaration order. The fields' initial values are the defaults.</summary>
    public void Read(AttributeReader reader);
}
