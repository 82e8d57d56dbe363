using CoreEngine.Graphs;

namespace CoreEngine;

/// <content>The same computation with other shapes.</content>
public sealed partial class Executor
{
    /// <summary>
    /// An executor of the same computation for other shapes of its inputs. It shares the arrays of this one: where an
    /// array becomes smaller the first elements are used, so it is best to make the largest executor first. A sparse array
    /// that changes its shape is replaced by a new one, which is zero.
    /// </summary>
    /// <param name="shapes">The new shapes by name.</param>
    /// <param name="allowPartial">Whether arrays that are not named may change their shapes too.</param>
    /// <param name="allowGrowth">Whether arrays that become larger are replaced by new ones, which are zero.</param>
    /// <exception cref="EngineException">
    /// An array would change its shape or grow, and that is not allowed; or the shapes contradict each other.
    /// </exception>
    public Executor Reshape(
        IReadOnlyDictionary<string, Shape> shapes,
        bool allowPartial = false,
        bool allowGrowth = false
    )
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(shapes);
        InferredGraph inferred = GraphInference.Complete(
            _graph,
            GraphInference.ByName(_graph, shapes),
            _arrays.Variables.Where(pair => _graph.Contains(pair.Key)).ToDictionary(p => p.Key, p => p.Value.DType)
        );
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        NDArray[] arguments = [.. _arguments.Select((array, i) => Fit(_graph.Arguments[i], array))];
        NDArray?[] gradients =
        [
            .. _gradients.Select((array, i) => array is null ? null : Fit(_graph.Arguments[i], array)),
        ];
        NDArray[] states = [.. _states.Select((array, i) => Fit(_graph.AuxiliaryStates[i], array))];
        return new Executor(
            _graph,
            Device,
            arguments,
            gradients,
            _requests,
            states,
            _options with
            {
                SharedExecutor = this,
            }
        )
        {
            _owned = [.. arguments, .. gradients, .. states],
        };

        NDArray Fit(Node node, NDArray array)
        {
            Shape shape = inferred.ShapeOf(new NodeEntry(node, 0));
            if (array.Shape == shape)
                return array.Detach();
            if (!allowPartial && !shapes.ContainsKey(node.Name))
            {
                throw new EngineException(
                    $"Reshape: '{node.Name}', which was not named, would change from {array.Shape} to {shape}, and not "
                        + "be shared any more as it is. If that is meant, set allowPartial."
                );
            }

            if (array.StorageType != StorageType.Default)
                return NDArray.Zeros(array.StorageType, shape, array.DType, array.Device);
            if (shape.Size <= array.Size)
                return array.FirstElements(shape);
            return allowGrowth
                ? NDArray.Zeros(shape, array.DType, array.Device)
                : throw new EngineException(
                    $"Reshape: '{node.Name}' would grow from {array.Shape} to {shape}. Make the executor of the largest "
                        + "shapes first and reshape it to smaller ones, or set allowGrowth."
                );
        }
    }
}
